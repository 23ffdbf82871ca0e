import type { Product } from './records.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';

/** The custom fields a product attaches, in order. */
export function attachedFieldsJson(state: State, product: Product): unknown[] {
  return product.custom_fields.map(({ custom_field_id, order, required }) => ({
    custom_field_id,
    custom_field: customFieldJson(state, custom_field_id),
    order,
    required,
  }));
}

/** A custom field, as `/v1/custom-fields/` shows it. */
export function customFieldJson(state: State, id: string): unknown {
  return tampered(state, id, { ...found(state.customFields, id, 'custom field') });
}
