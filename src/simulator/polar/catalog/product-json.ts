import type { Product } from './records.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { benefitJson, publicBenefitJson } from './benefit-json.ts';
import { attachedFieldsJson } from './custom-field-json.ts';
import { priceJson } from './price-json.ts';
import { tampered } from '../tampered.ts';

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
