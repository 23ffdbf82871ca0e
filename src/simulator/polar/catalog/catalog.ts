import type { State } from '../state.ts';
import { benefitEdits, type BenefitEdits } from './benefits.ts';
import { customFieldEdits, type CustomFieldEdits } from './custom-fields.ts';
import { discountEdits, type DiscountEdits } from './discounts.ts';
import { meterEdits, type MeterEdits } from './meters.ts';
import { mediaEdits, type MediaEdits } from './medias.ts';
import { priceEdits, type PriceEdits } from './prices.ts';
import { productEdits, type ProductEdits } from './products.ts';

/** Every edit of what nests in links and sessions. */
export type CatalogEdits = ProductEdits &
  PriceEdits &
  BenefitEdits &
  MediaEdits &
  DiscountEdits &
  CustomFieldEdits &
  MeterEdits;

/** The edits on a state. */
export function catalogEdits(state: State): CatalogEdits {
  return {
    ...productEdits(state),
    ...priceEdits(state),
    ...benefitEdits(state),
    ...mediaEdits(state),
    ...discountEdits(state),
    ...customFieldEdits(state),
    ...meterEdits(state),
  };
}
