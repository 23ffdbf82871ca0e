import { randomUuid } from '../../ids.ts';
import { micros } from '../../instants.ts';
import type { Random } from '../../random.ts';
import { addBenefit } from '../catalog/benefits.ts';
import { customFieldEdits } from '../catalog/custom-fields.ts';
import { mediaEdits } from '../catalog/medias.ts';
import { newPrice, priceEdits } from '../catalog/prices.ts';
import { productEdits, productJson, type ProductEdits } from '../catalog/products.ts';
import { putRecord } from '../catalog/put-record.ts';
import type { Price, Product } from '../catalog/records.ts';
import { servedRecords, servedRows } from '../catalog/served-records.ts';
import type { State } from '../state.ts';
import { polarStream } from '../stream.ts';

/** The products: private ones and drafts, those that are archived, and those that no link offers as well. */
export function productStream(state: State) {
  const edits = productEdits(state);
  const json = (id: string) => productJson(state, id);
  return polarStream<Product, Product, ProductEdits>(state, {
    paths: ['/v1/products'],
    scopes: ['products:read', 'products:write'],
    isOptional: true,
    isNestedInCore: true,
    ...servedRecords(state.products),
    json,
    list: {
      ...servedRows(state.products),
      filters: {
        id: { type: 'uuid', valueOf: ({ id }) => id },
        is_archived: { type: ['true', 'false'], valueOf: ({ is_archived }) => String(is_archived) },
        is_recurring: { type: ['true', 'false'], valueOf: ({ is_recurring }) => String(is_recurring) },
        visibility: { type: ['draft', 'private', 'public'], valueOf: ({ visibility }) => visibility },
      },
      searched: ({ name }) => name,
      criteria: { created_at: ({ created_at }) => micros(created_at), name: ({ name }) => name },
      defaultSorting: '-created_at',
    },
    webhooks: { 'product.created': json, 'product.updated': json },
    edits,
    driver: {
      create: (created_at) => createWhole(state, edits, created_at === undefined ? {} : { created_at }),
      edit: (id) => void edits.updateProduct(id, { name: `Edited at ${state.clock.now()}` }),
      editNested: (id) => void priceEdits(state).changePrice(state.products.get(id)?.price_ids[0] ?? '', {}),
      remove: (id) => void edits.deleteProduct(id),
      restore: (id) => void edits.restoreProduct(id),
    },
    traffic: () => [
      [3, (chance) => changeProduct(state, edits, chance)],
      [2, (chance) => changePrice(state, chance)],
    ],
  });
}

/** A new product with something of all that hangs on products: a price, a public and a private benefit, a media, a custom field. */
function createWhole(state: State, edits: ProductEdits, dated: { created_at?: string }): string {
  const id = randomUuid(state.chance);
  const price = putRecord(state, 'prices', newPrice(state, { product_id: id, ...dated }));
  const benefits = (['public', 'private'] as const).map((visibility) => addBenefit(state, { visibility, ...dated }));
  const { id: custom_field_id } = customFieldEdits(state).createCustomField(dated);
  edits.createProduct({
    id,
    ...dated,
    price_ids: [price.id],
    benefit_ids: benefits.map((benefit) => benefit.id),
    media_ids: [mediaEdits(state).createMedia(dated).id],
    custom_fields: [{ custom_field_id, order: 0, required: true }],
  });
  return id;
}

/** Now and then a product or a price changes. */
function changeProduct({ products, benefits }: State, edits: ProductEdits, chance: Random): void {
  const product = chance.pick(servedRows(products).rows());
  const benefit = chance.pick(servedRows(benefits).rows());
  if (chance.chance(0.5)) edits.updateProduct(product.id, { description: `Edition ${chance.integer(1, 99)}.` });
  else if (product.benefit_ids.includes(benefit.id)) edits.detachBenefit(product.id, benefit.id);
  else edits.attachBenefit(product.id, benefit.id);
}

function changePrice(state: State, chance: Random): void {
  const product = chance.pick(servedRows(state.products).rows());
  const listed = product.price_ids.flatMap((id) => state.prices.get(id) ?? []);
  const fixed = listed.filter((price): price is Price & { price_amount: number } => (price.price_amount ?? 0) > 0);
  if (fixed.length === 0) return;
  const price = chance.pick(fixed);
  priceEdits(state).changePrice(price.id, { price_amount: price.price_amount + chance.pick([-100, 100, 200]) });
}
