import type { Payloads } from '../../events.ts';
import type { Random } from '../../random.ts';
import type { Step } from '../../traffic.ts';
import type { State } from '../state.ts';
import { benefitEdits, type BenefitEdits } from './benefits.ts';
import { customFieldEdits, type CustomFieldEdits } from './custom-fields.ts';
import { discountEdits, type DiscountEdits } from './discounts.ts';
import { meterEdits, type MeterEdits } from './meters.ts';
import { mediaEdits, type MediaEdits } from './medias.ts';
import { priceEdits, type PriceEdits } from './prices.ts';
import { productEdits, type ProductEdits, productJson } from './products.ts';
import type { Price } from './records.ts';

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

/** The payloads of the webhooks of products. */
export function catalogPayloads(state: State): Payloads {
  const product = (id: string) => productJson(state, id);
  return { 'product.created': product, 'product.updated': product };
}

/** Now and then a product or a price changes. */
export function catalogTraffic(state: State, edits: CatalogEdits): Step[] {
  return [
    [3, (chance) => changeProduct(state, edits, chance)],
    [2, (chance) => changePrice(state, edits, chance)],
  ];
}

function changeProduct({ products, benefits }: State, edits: CatalogEdits, chance: Random): void {
  const product = chance.pick([...products.values()]);
  const benefit = chance.pick([...benefits.values()].filter((each) => !each.is_deleted));
  if (chance.chance(0.5)) edits.updateProduct(product.id, { description: `Edition ${chance.integer(1, 99)}.` });
  else if (product.benefit_ids.includes(benefit.id)) edits.detachBenefit(product.id, benefit.id);
  else edits.attachBenefit(product.id, benefit.id);
}

function changePrice({ products, prices }: State, edits: CatalogEdits, chance: Random): void {
  const product = chance.pick([...products.values()]);
  const listed = product.price_ids.flatMap((id) => prices.get(id) ?? []);
  const fixed = listed.filter((price): price is Price & { price_amount: number } => (price.price_amount ?? 0) > 0);
  if (fixed.length === 0) return;
  const price = chance.pick(fixed);
  edits.changePrice(price.id, { price_amount: price.price_amount + chance.pick([-100, 100, 200]) });
}
