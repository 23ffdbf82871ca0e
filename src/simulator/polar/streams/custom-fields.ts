import { micros } from '../../instants.ts';
import { customFieldEdits, customFieldJson, type CustomFieldEdits } from '../catalog/custom-fields.ts';
import type { CustomField } from '../catalog/records.ts';
import { servedRecords, servedRows } from '../catalog/served-records.ts';
import type { State } from '../state.ts';
import { polarStream } from '../stream.ts';

/** The custom fields that products ask for at checkout. Polar: their edits send no webhooks. */
export function customFieldStream(state: State) {
  const edits = customFieldEdits(state);
  return polarStream<CustomField, CustomField, CustomFieldEdits>(state, {
    paths: ['/v1/custom-fields'],
    scopes: ['custom_fields:read', 'custom_fields:write'],
    isOptional: true,
    isNestedInCore: true,
    ...servedRecords(state.customFields),
    json: (id) => customFieldJson(state, id),
    list: {
      ...servedRows(state.customFields),
      filters: { type: { type: ['text', 'number', 'date', 'checkbox', 'select'], valueOf: ({ type }) => type } },
      searched: ({ name, slug }) => [name, slug].join(' '),
      criteria: {
        created_at: ({ created_at }) => micros(created_at),
        slug: ({ slug }) => slug,
        name: ({ name }) => name,
        type: ({ type }) => type,
      },
      defaultSorting: 'slug',
    },
    webhooks: {},
    edits,
    driver: {
      create: (created_at) => edits.createCustomField(created_at === undefined ? {} : { created_at }).id,
      edit: (id) => void edits.updateCustomField(id, { name: `Edited at ${state.clock.now()}` }),
      remove: (id) => void edits.deleteCustomField(id),
      restore: (id) => void edits.restoreCustomField(id),
    },
  });
}
