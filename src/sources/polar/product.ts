import { bigint, boolean, index, integer, jsonb, numeric, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { free } from '../../model/privacy.ts';
import { benefit, benefits } from './benefit.ts';
import { customField, customFields } from './custom-field.ts';
import { media, medias } from './media.ts';
import { historyOf } from './history.ts';
import { attachedFields, setOf } from './relations.ts';
import { identity, owned, polar, position, versioned } from './schema.ts';

export const products = withComments(
  polar.table(
    'products',
    {
      ...identity(),
      name: text(),
      description: text(),
      visibility: text(),
      trial_interval: text(),
      trial_interval_count: integer(),
      recurring_interval: text(),
      recurring_interval_count: integer(),
      meter_interval: text(),
      meter_interval_count: integer(),
      is_recurring: boolean(),
      is_archived: boolean(),
      organization_id: uuid(),
      is_deletable: boolean(),
      metadata: jsonb(),
      ...versioned(),
    },
    (table) => [index().on(table.organization_id)],
  ),
  'Products as they are today: Polar nests the current product in links and sessions, even in old ones',
  {
    name: 'Name shown to the customer',
    description: 'Text shown to the customer',
    visibility: 'draft, private or public',
    trial_interval: 'day, week, month or year',
    trial_interval_count: 'Length of the trial in trial_interval',
    recurring_interval: 'day, week, month or year; null for a one-time product',
    recurring_interval_count: 'Number of recurring_interval between charges',
    meter_interval: 'Interval at which metered usage is charged',
    meter_interval_count: 'Number of meter_interval between charges of usage',
    is_recurring: 'Whether it is a subscription',
    is_archived: 'Whether it is no longer sold',
    is_deletable: 'Whether it can be deleted, because it was never sold; the first sale changes this without a webhook',
    metadata: free('Key-value pairs set by the merchant; sessions do not nest them'),
  },
);

export const productPrices = withComments(
  polar.table(
    'product_prices',
    {
      ...identity(),
      product_id: uuid().references(() => products.id),
      source: text(),
      amount_type: text(),
      price_currency: text(),
      tax_behavior: text(),
      is_archived: boolean(),
      legacy: boolean(),
      type: text(),
      recurring_interval: text(),
      price_amount: bigint({ mode: 'bigint' }),
      minimum_amount: bigint({ mode: 'bigint' }),
      maximum_amount: bigint({ mode: 'bigint' }),
      preset_amount: bigint({ mode: 'bigint' }),
      seat_tiers: jsonb(),
      unit_amount: numeric({ precision: 17, scale: 12 }),
      cap_amount: bigint({ mode: 'bigint' }),
      meter_id: uuid(),
      meter: jsonb(),
      tiers: jsonb(),
      minimum_units: integer(),
      maximum_units: integer(),
      unit_label: jsonb(),
      ...versioned(),
    },
    (table) => [index().on(table.product_id), index().on(table.meter_id)],
  ),
  'Prices of products, including those no longer offered; an edited price gets a new row, and the old row is archived',
  {
    product_id: 'Product it belongs to',
    source: 'catalog, or ad_hoc if created for one session',
    amount_type: 'fixed, custom, seat_based, metered_unit, unit_based, metered_tiers; free on old prices',
    price_currency: 'ISO 4217 in lower case',
    tax_behavior: 'location, inclusive or exclusive',
    is_archived: 'Whether the product no longer offers it',
    legacy: 'True if the price itself has the recurring interval',
    type: 'one_time or recurring; deprecated',
    recurring_interval: 'Interval of a legacy price; deprecated elsewhere',
    price_amount: 'fixed: price in minor units',
    minimum_amount: 'custom: lowest amount in minor units',
    maximum_amount: 'custom: highest amount in minor units',
    preset_amount: 'custom: preset amount in minor units',
    seat_tiers: 'seat_based: price per seat by number of seats',
    unit_amount: 'metered_unit: price per unit in minor units, with 12 decimals',
    cap_amount: 'metered: maximum charge per period, in minor units',
    meter_id: 'metered: meter that counts the units',
    meter: 'metered: name and unit of the meter',
    tiers: 'unit_based, metered_tiers: price per unit by number of units',
    minimum_units: 'unit_based: minimum number of units',
    maximum_units: 'unit_based: maximum number of units',
    unit_label: 'unit_based: name of the unit, by locale and plural form',
  },
);

export const productBenefits = withComments(
  polar.table(
    'product_benefits',
    {
      ...owned(),
      product_id: uuid().references(() => products.id),
      benefit_id: uuid().references(() => benefits.id),
      position: position(),
    },
    (table) => [primaryKey({ columns: [table.product_id, table.benefit_id] }), index().on(table.benefit_id)],
  ),
  'Benefits that a product grants; private ones only if the list of products or a webhook of the product showed them',
  { product_id: 'The product', benefit_id: 'The benefit' },
);

export const productMedias = withComments(
  polar.table(
    'product_medias',
    {
      ...owned(),
      product_id: uuid().references(() => products.id),
      media_id: uuid().references(() => medias.id),
      position: position(),
    },
    (table) => [primaryKey({ columns: [table.product_id, table.media_id] }), index().on(table.media_id)],
  ),
  'Media that a product shows',
  { product_id: 'The product', media_id: 'The media' },
);

export const productCustomFields = withComments(
  polar.table(
    'product_custom_fields',
    {
      ...owned(),
      product_id: uuid().references(() => products.id),
      custom_field_id: uuid().references(() => customFields.id),
      position: position(),
      required: boolean(),
    },
    (table) => [primaryKey({ columns: [table.product_id, table.custom_field_id] }), index().on(table.custom_field_id)],
  ),
  'Custom fields that a product asks for; links and sessions nest products without them',
  { product_id: 'The product', custom_field_id: 'The custom field', required: 'Whether it must be filled in' },
);

export const productPriceHistory = historyOf(productPrices);
export const productHistory = historyOf(products, ['benefits', 'medias', 'attached_custom_fields']);

/** A price, whichever its type. The seats' price is repeated beside `seat_tiers` on the wire. */
export const productPrice = entity(productPrices, {
  aliases: { price_per_seat: 'seat_tiers' },
  history: { table: productPriceHistory },
});

/** A product with its catalog prices, benefits, medias and custom fields. */
export const product = entity(products, {
  relations: {
    // Polar lists active catalog prices only: an edited price simply vanishes from the list.
    prices: {
      kind: 'owned',
      entity: productPrice,
      by: 'product_id',
      onRemoved: { mark: 'is_archived', unless: { column: 'source', value: 'ad_hoc' } },
    },
    // Links and sessions list public ones only, a product's own list and webhook all of them.
    benefits: { ...setOf(benefit, productBenefits, 'benefit_id'), listed: { column: 'visibility', value: 'public' } },
    medias: setOf(media, productMedias, 'media_id'),
    attached_custom_fields: {
      kind: 'set',
      entity: customField,
      into: productCustomFields,
      members: attachedFields,
    },
  },
  // Sessions do not show the first, and links neither.
  sparse: new Set(['metadata', 'is_deletable']),
  history: { table: productHistory },
});
