import { randomUuid } from '../../ids.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';
import { putRecord } from './put-record.ts';
import type { CustomField, Product } from './records.ts';
import { takeOff } from './take-off.ts';

/** Edits of custom fields. Polar: none sends a webhook. `at` is the instant of the edit, by default the simulated present. */
export interface CustomFieldEdits {
  createCustomField(fields?: Partial<CustomField>): CustomField;
  updateCustomField(id: string, changes: Partial<Omit<CustomField, 'id'>>, at?: string): CustomField;
  /** Polar: a soft delete that takes the field off every product. */
  deleteCustomField(id: string, at?: string): CustomField;
  /** By hand in the database; no product has it again. */
  restoreCustomField(id: string, at?: string): CustomField;
}

/** The edits on a state. */
export function customFieldEdits(state: State): CustomFieldEdits {
  const updateCustomField: CustomFieldEdits['updateCustomField'] = (id, changes, at = state.clock.now()) =>
    putRecord(state, 'customFields', { ...found(state.customFields, id, 'custom field'), modified_at: at, ...changes });
  return {
    updateCustomField,
    createCustomField: (fields = {}) => {
      const id = randomUuid(state.chance);
      const drawn: CustomField = {
        id,
        created_at: state.clock.now(),
        modified_at: null,
        deleted_at: null,
        metadata: {},
        type: 'text',
        slug: `field-${id.slice(0, 8)}`,
        name: 'New field',
        organization_id: state.organizationId,
        properties: {},
      };
      return putRecord(state, 'customFields', { ...drawn, ...fields });
    },
    deleteCustomField: (id, at = state.clock.now()) => {
      const others = ({ custom_fields }: Product) => custom_fields.filter((field) => field.custom_field_id !== id);
      takeOff(
        state,
        (product) => others(product).length < product.custom_fields.length,
        (product) => ({ custom_fields: others(product) }),
      );
      return updateCustomField(id, { deleted_at: at }, at);
    },
    restoreCustomField: (id, at) => updateCustomField(id, { deleted_at: null }, at),
  };
}

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
  const { deleted_at: _deleted, ...shown } = found(state.customFields, id, 'custom field');
  return tampered(state, id, shown);
}
