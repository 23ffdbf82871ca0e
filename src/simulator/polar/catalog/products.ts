import { randomUuid } from '../../ids.ts';
import { placed } from '../../placed.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';
import { benefitJson, publicBenefitJson } from './benefits.ts';
import { attachedFieldsJson } from './custom-fields.ts';
import { priceJson } from './prices.ts';
import { putRecord } from './put-record.ts';
import type { AttachedField, Product } from './records.ts';

/** Edits of products. Each sends `product.updated`, creation `product.created`. `at` is the instant of the edit, by default the simulated present. */
export interface ProductEdits {
  createProduct(fields?: Partial<Product>): Product;
  /** A change of the product's own columns moves its `modified_at`. Polar: that of links and sessions stays. */
  updateProduct(id: string, changes: Partial<Omit<Product, 'id'>>, at?: string): Product;
  /** Polar: takes the product off every link; a link without products is soft-deleted, other links keep their `modified_at`. */
  archiveProduct(id: string, at?: string): Product;
  /** Polar: restores neither links nor their products. */
  unarchiveProduct(id: string, at?: string): Product;
  /** Polar: archives it, and then deletes it softly, of which nothing tells; discounts drop it, sessions keep nesting it. */
  deleteProduct(id: string, at?: string): Product;
  /** By hand in the database; neither links nor discounts have it again. */
  restoreProduct(id: string, at?: string): Product;
  /** Polar: attaching and detaching changes nothing but the list. The position is the end by default. */
  attachBenefit(productId: string, benefitId: string, position?: number): Product;
  detachBenefit(productId: string, benefitId: string): Product;
  attachMedia(productId: string, mediaId: string, position?: number): Product;
  detachMedia(productId: string, mediaId: string): Product;
  /** Attaches a custom field, or changes how it is attached. */
  attachCustomField(
    productId: string,
    customFieldId: string,
    options?: Partial<Omit<AttachedField, 'custom_field_id'>>,
  ): Product;
  detachCustomField(productId: string, customFieldId: string): Product;
}

/** Renames the product that nests in a record, which changes none of the record's own columns. */
export function renameProduct(state: State, id: string | undefined): void {
  if (id === undefined) throw new RangeError('the record has no product');
  productEdits(state).updateProduct(id, { name: `Renamed at ${state.clock.now()}` });
}

/** The edits on a state. */
export function productEdits(state: State): ProductEdits {
  const put = (product: Product) => {
    putRecord(state, 'products', product);
    state.events.emit('product.updated', product.id);
    return product;
  };
  const updateProduct: ProductEdits['updateProduct'] = (id, changes, at) =>
    put({ ...found(state.products, id, 'product'), modified_at: at ?? state.clock.now(), ...changes });
  const archiveProduct: ProductEdits['archiveProduct'] = (id, at) => {
    const product = updateProduct(id, { is_archived: true }, at);
    state.archived(id, product.modified_at ?? state.clock.now());
    return product;
  };
  return {
    createProduct: (fields = {}) => {
      const product = addProduct(state, fields);
      state.events.emit('product.created', product.id);
      return product;
    },
    updateProduct,
    archiveProduct,
    unarchiveProduct: (id, at) => updateProduct(id, { is_archived: false }, at),
    deleteProduct: (id, at) => {
      const { modified_at } = archiveProduct(id, at);
      dropFromDiscounts(state, id);
      return putRecord(state, 'products', { ...found(state.products, id, 'product'), deleted_at: modified_at });
    },
    restoreProduct: (id, at) => updateProduct(id, { is_archived: false, deleted_at: null }, at),
    ...attachments(state, put),
  };
}

/** Polar: a discount that is limited to products loses one without a new `modified_at`. */
function dropFromDiscounts(state: State, id: string): void {
  for (const discount of [...state.discounts.values()].filter(({ product_ids }) => product_ids.includes(id)))
    putRecord(state, 'discounts', { ...discount, product_ids: without(discount.product_ids, id) });
}

type Attachments = Pick<ProductEdits, Extract<keyof ProductEdits, `${'attach' | 'detach'}${string}`>>;

function attachments(state: State, put: (product: Product) => Product): Attachments {
  const edit = (id: string, changes: (product: Product) => Partial<Product>) => {
    const product = found(state.products, id, 'product');
    return put({ ...product, ...changes(product) });
  };
  return {
    attachBenefit: (id, benefitId, position) =>
      edit(id, (product) => ({
        benefit_ids: placed(product.benefit_ids, found(state.benefits, benefitId, 'benefit').id, position),
      })),
    detachBenefit: (id, benefitId) => edit(id, (product) => ({ benefit_ids: without(product.benefit_ids, benefitId) })),
    attachMedia: (id, mediaId, position) =>
      edit(id, (product) => ({
        media_ids: placed(product.media_ids, found(state.medias, mediaId, 'media').id, position),
      })),
    detachMedia: (id, mediaId) => edit(id, (product) => ({ media_ids: without(product.media_ids, mediaId) })),
    attachCustomField: (id, custom_field_id, options = {}) =>
      edit(id, ({ custom_fields }) => {
        found(state.customFields, custom_field_id, 'custom field');
        const others = custom_fields.filter((field) => field.custom_field_id !== custom_field_id);
        const field = { custom_field_id, order: others.length, required: false, ...options };
        return { custom_fields: [...others, field].sort((a, b) => a.order - b.order) };
      }),
    detachCustomField: (id, fieldId) =>
      edit(id, ({ custom_fields }) => ({
        custom_fields: custom_fields.filter((field) => field.custom_field_id !== fieldId),
      })),
  };
}

function without(ids: readonly string[], id: string): string[] {
  return ids.filter((other) => other !== id);
}

/** Adds a product without a webhook, for what is made together with it. */
export function addProduct(state: State, fields: Partial<Product>): Product {
  return putRecord(state, 'products', {
    id: randomUuid(state.chance),
    created_at: state.clock.now(),
    modified_at: null,
    deleted_at: null,
    trial_interval: null,
    trial_interval_count: null,
    name: 'New product',
    description: null,
    visibility: 'public',
    recurring_interval: null,
    recurring_interval_count: null,
    meter_interval: null,
    meter_interval_count: null,
    is_recurring: true,
    is_archived: false,
    organization_id: state.organizationId,
    metadata: {},
    price_ids: [],
    benefit_ids: [],
    media_ids: [],
    custom_fields: [],
    ...fields,
  });
}

/** A product as links nest it: prices, public benefits and medias of today. */
export function linkProductJson(state: State, id: string): unknown {
  const product = found(state.products, id, 'product');
  return tampered(state, id, { ...plainProduct(product), ...nested(state, product) });
}

/** A product as sessions nest it. Polar: without `metadata`. */
export function checkoutProductJson(state: State, id: string): unknown {
  const product = found(state.products, id, 'product');
  const { metadata: _metadata, ...columns } = plainProduct(product);
  return tampered(state, id, { ...columns, ...nested(state, product) });
}

/** A product as orders and discounts nest it: its own columns alone. */
export function orderProductJson(state: State, id: string): unknown {
  return tampered(state, id, plainProduct(found(state.products, id, 'product')));
}

/** A whole product, as `/v1/products/` and webhooks show it: full benefits of any visibility, and custom fields. */
export function productJson(state: State, id: string): unknown {
  const product = found(state.products, id, 'product');
  const benefits = product.benefit_ids.map((benefitId) => benefitJson(state, benefitId));
  const shown = {
    benefits,
    attached_custom_fields: attachedFieldsJson(state, product),
    // Polar: true until it is sold; what has a price may have been.
    is_deletable: product.price_ids.length === 0,
  };
  return tampered(state, id, { ...plainProduct(product), ...nested(state, product), ...shown });
}

/** A product's own columns. */
export function plainProduct(product: Product) {
  const {
    deleted_at: _deleted,
    price_ids: _prices,
    benefit_ids: _benefits,
    media_ids: _medias,
    custom_fields: _fields,
    ...columns
  } = product;
  return columns;
}

function nested(state: State, product: Product) {
  const shown = product.benefit_ids.filter((id) => state.benefits.get(id)?.visibility === 'public');
  return {
    prices: product.price_ids.map((id) => priceJson(state, id)),
    benefits: shown.map((id) => publicBenefitJson(state, id)),
    medias: product.media_ids.map((id) => tampered(state, id, { ...found(state.medias, id, 'media') })),
  };
}
