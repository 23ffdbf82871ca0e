import { randomUuid } from '../../../ids.ts';
import { micros } from '../../../instants.ts';
import { random } from '../../../random.ts';
import type { ClockRange, SeedContext } from '../../clock-range.ts';
import type { Benefit, CustomField, Discount, Media, Price, Product } from '../records.ts';
import { seededBenefits } from './benefits.ts';
import { CUSTOM_FIELDS, type FieldKey } from './custom-fields.ts';
import { seededDiscounts } from './discounts.ts';
import { draftMedia } from './medias.ts';
import { PRODUCTS } from './product-plans.ts';
import { seededProduct } from './products.ts';

/** Everything the simulated organization has before the first link or session. */
export interface Catalog {
  organizationId: string;
  products: Product[];
  prices: Price[];
  benefits: Benefit[];
  medias: Media[];
  discounts: Discount[];
  customFields: CustomField[];
  /** The products that sell, with the prices they ever had. */
  shelves: Shelf[];
}

/** A product as a buyer found it at some time; instants in microseconds. */
export interface Shelf {
  product: Product;
  share: number;
  until: number;
  prices: { price: Price; from: number; until: number }[];
}

/** The seeded catalog, as it stands at the end of a clock range. */
export function seededCatalog(seed: number, range: ClockRange): Catalog {
  const organizationId = randomUuid(random(seed, 'organization'));
  const context: SeedContext = { seed, organizationId, range };
  const kept = seededBenefits(context);
  const fields = seededCustomFields(context);
  const all: Catalog = {
    organizationId,
    products: [],
    prices: [],
    benefits: [...kept.values()],
    medias: [],
    discounts: [],
    customFields: [...fields.values()],
    shelves: [],
  };
  for (const [number, plan] of PRODUCTS.entries()) {
    const images = Array.from({ length: plan.medias }, (_, image) => draftMedia(context, number * 4 + image));
    const made = seededProduct({ ...context, benefits: kept, fields }, number, plan, images);
    all.products.push(made.product);
    all.prices.push(...made.prices);
    all.medias.push(...images);
    if (plan.share > 0) all.shelves.push(shelf(made.product, made.prices, plan.share));
  }
  const productIds = all.products.map((each) => each.id);
  return { ...all, discounts: seededDiscounts(context, productIds) };
}

function seededCustomFields({ seed, organizationId, range }: SeedContext): Map<FieldKey, CustomField> {
  const keys = Object.keys(CUSTOM_FIELDS).filter((key): key is FieldKey => key in CUSTOM_FIELDS);
  return new Map(
    keys.map((slug, number) => {
      const chance = random(seed, 'custom field', number);
      const modified_at = number % 4 === 1 ? range.ago(chance, 90) : null;
      const field: CustomField = {
        id: randomUuid(chance),
        created_at: range.ago(chance, 330),
        modified_at,
        deleted_at: null,
        metadata: {},
        ...CUSTOM_FIELDS[slug],
        slug,
        organization_id: organizationId,
      };
      return [slug, field];
    }),
  );
}

function shelf(sold: Product, prices: Price[], share: number): Shelf {
  return {
    product: sold,
    share,
    until: sold.is_archived && sold.modified_at ? micros(sold.modified_at) : Infinity,
    prices: prices.map((price) => ({
      price,
      from: price.is_archived || price.created_at === sold.created_at ? 0 : micros(price.created_at),
      until: price.is_archived && price.modified_at ? micros(price.modified_at) : Infinity,
    })),
  };
}
