import type { Clock } from '../clock.ts';
import type { Tamper } from '../driver.ts';
import type { Benefit, CustomField, Discount, Media, Price, Product } from './catalog/records.ts';
import { checkoutMap } from './checkouts/map.ts';
import type { Checkout } from './checkouts/record.ts';
import { benefitEdits, type BenefitEdits } from './catalog/benefits.ts';
import { checkoutEdits, type CheckoutEdits } from './checkouts/edits.ts';
import { customFieldEdits, type CustomFieldEdits } from './catalog/custom-fields.ts';
import { discountEdits, type DiscountEdits } from './catalog/discounts.ts';
import { linkEdits, type LinkEdits } from './edits/links.ts';
import { mediaEdits, type MediaEdits } from './catalog/medias.ts';
import { priceEdits, type PriceEdits } from './catalog/prices.ts';
import { productEdits, type ProductEdits } from './catalog/products.ts';
import type { Feed } from '../events.ts';
import type { EventType } from './events.ts';
import type { Link } from './link-record.ts';
import type { PolarSettings } from './settings.ts';
import type { State } from './state.ts';
import { benefitJson } from './catalog/benefit-json.ts';
import { checkoutText } from './checkouts/wire.ts';
import { customFieldJson } from './catalog/custom-field-json.ts';
import { discountJson } from './catalog/discount-json.ts';
import { linkJson } from './wire/link.ts';
import { productJson } from './catalog/product-json.ts';
import { UnserializableError } from './tampered.ts';

type AllEdits = LinkEdits &
  CheckoutEdits &
  ProductEdits &
  PriceEdits &
  BenefitEdits &
  MediaEdits &
  DiscountEdits &
  CustomFieldEdits;

/**
 * The simulated organization: the truth that an answer was made from, and the edits that change it.
 *
 * Records are plain objects with the API's names and values, ids instead of nested objects, and `deleted_at` where Polar
 * deletes softly. They are snapshots: an edit puts a new object into the map and returns it, and never changes one in place.
 */
export interface Polar extends AllEdits {
  readonly organizationId: string;
  readonly clock: Clock;
  readonly settings: PolarSettings;
  /** All links ever; those with a `deleted_at` are not served. `product_ids` is their order in `products`. */
  readonly links: ReadonlyMap<string, Link>;
  /** The sessions that exist, oldest first; each is computed when read. `product_ids` is their order in `products`. */
  readonly checkouts: ReadonlyMap<string, Checkout>;
  /** `price_ids`, `benefit_ids`, `media_ids` and `custom_fields` are in the order served; of the benefits, links and sessions show the public ones. */
  readonly products: ReadonlyMap<string, Product>;
  /** All prices ever: listed, archived and ad-hoc ones. */
  readonly prices: ReadonlyMap<string, Price>;
  readonly benefits: ReadonlyMap<string, Benefit>;
  readonly medias: ReadonlyMap<string, Media>;
  readonly discounts: ReadonlyMap<string, Discount>;
  readonly customFields: ReadonlyMap<string, CustomField>;
  /** An entity as the wire has it; products, benefits and discounts in full, as webhooks carry them. */
  readonly json: Readonly<
    Record<'link' | 'checkout' | 'product' | 'benefit' | 'discount' | 'customField', (id: string) => unknown>
  >;
  /** Calls a listener after each edit that Polar sends a webhook for; the returned function ends that. */
  subscribe: Feed<EventType>['subscribe'];
  /** Changes the JSON of the entity of an id wherever it is sent, until called again with null. The function gets a copy; what it returns is sent, whatever it is. */
  tamper(id: string, json: Tamper | null): void;
  /** Makes the record of an id one that cannot be serialized, until it is tampered with again: every request for it fails with 500. */
  poison(id: string): void;
}

/** The organization as tests and the live traffic handle it. */
export function polarOf(state: State, settings: PolarSettings): Polar {
  const { organizationId, clock, links, products, prices, benefits, medias, discounts, customFields } = state;
  const tamper: Polar['tamper'] = (id, json) => {
    if (json) state.tampers.set(id, json);
    else state.tampers.delete(id);
    state.texts.clear();
  };
  return {
    organizationId,
    clock,
    settings,
    links,
    checkouts: checkoutMap(state),
    products,
    prices,
    benefits,
    medias,
    discounts,
    customFields,
    ...linkEdits(state),
    ...checkoutEdits(state),
    ...productEdits(state),
    ...priceEdits(state),
    ...benefitEdits(state),
    ...mediaEdits(state),
    ...discountEdits(state),
    ...customFieldEdits(state),
    json: jsonOf(state),
    subscribe: state.feed.subscribe,
    tamper,
    poison: (id) =>
      tamper(id, () => {
        throw new UnserializableError(`${id} is poisoned`);
      }),
  };
}

function jsonOf(state: State): Polar['json'] {
  return {
    link: (id) => linkJson(state, id),
    checkout: (id) => checkoutJson(state, id),
    product: (id) => productJson(state, id),
    benefit: (id) => benefitJson(state, id),
    discount: (id) => discountJson(state, id),
    customField: (id) => customFieldJson(state, id),
  };
}

function checkoutJson(state: State, id: string): unknown {
  const slot = state.sessions.slotOf(id);
  if (slot === undefined) throw new RangeError(`no checkout ${id}`);
  return JSON.parse(checkoutText(state, state.sessions.row(slot)));
}
