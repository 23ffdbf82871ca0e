import { randomUuid } from '../../ids.ts';
import type { CustomField } from './records.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { putRecord } from './put-record.ts';

/** Edits of custom fields. Polar: none sends a webhook. `at` is the instant of the edit, by default the simulated present. */
export interface CustomFieldEdits {
  createCustomField(fields?: Partial<CustomField>): CustomField;
  updateCustomField(id: string, changes: Partial<Omit<CustomField, 'id'>>, at?: string): CustomField;
}

/** The edits on a state. */
export function customFieldEdits(state: State): CustomFieldEdits {
  return {
    createCustomField: (fields = {}) => {
      const id = randomUuid(state.chance);
      const drawn: CustomField = {
        id,
        created_at: state.clock.now(),
        modified_at: null,
        metadata: {},
        type: 'text',
        slug: `field-${id.slice(0, 8)}`,
        name: 'New field',
        organization_id: state.organizationId,
        properties: {},
      };
      return putRecord(state, state.customFields, { ...drawn, ...fields });
    },
    updateCustomField: (id, changes, at = state.clock.now()) =>
      putRecord(state, state.customFields, {
        ...found(state.customFields, id, 'custom field'),
        modified_at: at,
        ...changes,
      }),
  };
}
