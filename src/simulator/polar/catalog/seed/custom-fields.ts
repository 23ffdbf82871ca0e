import type { CustomField } from '../records.ts';

type FieldPlan = Pick<CustomField, 'type' | 'name' | 'properties'> & Partial<Pick<CustomField, 'metadata'>>;

/** Every type of custom field; the key is the slug. */
export const CUSTOM_FIELDS = {
  company: { type: 'text', name: 'Company', properties: { form_label: 'Company', max_length: 120 } },
  topic: {
    type: 'text',
    name: 'Topic',
    properties: {
      form_label: 'What is it about?',
      form_help_text: 'Two sentences are enough',
      textarea: true,
      min_length: 10,
      max_length: 2000,
    },
  },
  badge: {
    type: 'text',
    name: 'Name on the badge',
    metadata: { print: true },
    properties: { form_placeholder: 'Ada' },
  },
  size: { type: 'number', name: 'Team size', properties: { form_label: 'How many are you?', ge: 1, le: 5000 } },
  age: { type: 'number', name: 'Age', properties: { ge: 12 } },
  renewal: {
    type: 'date',
    name: 'Renewal date',
    properties: { form_label: 'Renewal', ge: 1_767_225_600, le: 1_893_456_000 },
  },
  arrival: { type: 'date', name: 'Arrival', properties: {} },
  terms: {
    type: 'checkbox',
    name: 'Terms',
    properties: { form_label: 'I have read the terms', form_help_text: 'They are short' },
  },
  shirt: {
    type: 'select',
    name: 'T-shirt',
    properties: {
      form_label: 'Size',
      options: ['s', 'm', 'l', 'xl'].map((value) => ({ value, label: value.toUpperCase() })),
    },
  },
} as const satisfies Record<string, FieldPlan>;

/** The slug of a seeded custom field. */
export type FieldKey = keyof typeof CUSTOM_FIELDS;
