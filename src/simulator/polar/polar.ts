import type { Clock } from '../clock.ts';
import type { Tamper } from '../driver.ts';
import type { Events, Payloads } from '../events.ts';
import type { Step } from '../traffic.ts';
import { benefitJson } from './catalog/benefits.ts';
import { catalogEdits, type CatalogEdits } from './catalog/catalog.ts';
import { customFieldJson } from './catalog/custom-fields.ts';
import { discountJson } from './catalog/discounts.ts';
import { productJson } from './catalog/products.ts';
import type { Benefit, CustomField, Discount, Media, Price, Product } from './catalog/records.ts';
import type { CheckoutEdits } from './checkouts/edits.ts';
import type { Checkout } from './checkouts/record.ts';
import type { EditLog } from './edit-log.ts';
import type { CheckoutStep } from './checkouts/steps.ts';
import type { Link } from './links/record.ts';
import type { PolarSettings } from './settings.ts';
import type { State } from './state.ts';
import type { PolarStream } from './stream.ts';
import type { CustomerEdits } from './customers/edits.ts';
import { mergeEdits, type MergeEdits } from './customers/merge.ts';
import type { GrantEdits } from './grants/edits.ts';
import type { DisputeEdits } from './orders/dispute.ts';
import type { OrderEdits } from './orders/edits.ts';
import type { SubscriptionEdits } from './subscriptions/edits.ts';
import type { PaymentRecordEdits } from './orders/payment.ts';
import type { RefundEdits } from './orders/refund.ts';
import type { OrganizationEdits } from './organizations/edits.ts';
import type { CustomerMeterEdits } from './usage/customer-meters.ts';
import type { EventEdits } from './streams/events.ts';
import type { LinkEdits } from './streams/checkout-links.ts';
import type { Streams } from './streams/index.ts';
import { UnserializableError } from './tampered.ts';

/**
 * The simulated organization: the truth that responses are made from, and the edits that change it.
 *
 * Records are plain objects with the API's names and values, ids instead of nested objects, and `deleted_at` where Polar
 * deletes softly. They are snapshots: an edit puts a new object into the map and returns it, and never changes one in place.
 */
export interface Polar
  extends
    CatalogEdits,
    LinkEdits,
    CheckoutEdits,
    CustomerEdits,
    OrderEdits,
    SubscriptionEdits,
    CustomerMeterEdits,
    GrantEdits,
    EventEdits,
    MergeEdits,
    RefundEdits,
    DisputeEdits,
    PaymentRecordEdits,
    OrganizationEdits {
  readonly organizationId: string;
  readonly clock: Clock;
  readonly settings: PolarSettings;
  /** Every resource that is listed, with its records and edits. */
  readonly streams: Streams;
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
  /** Every edit since the start by the kind of record, with its true moment and the record before and after. */
  readonly log: EditLog;
  /** Returns the steps of a session since its creation, including those before the start; oldest first. */
  stepsOf: (checkoutId: string) => CheckoutStep[];
  /**
   * Calls a listener after each edit that Polar sends a webhook for, if the token may read the record. The returned function
   * unsubscribes it.
   */
  subscribe: Events['subscribe'];
  /** The payload of each type of webhook. */
  readonly payloads: Payloads;
  /** Returns edits of the background traffic, for the present records that the token may read. */
  traffic(): Step[];
  /** Changes the JSON of the entity of an id wherever it is sent, until called again with null. The function gets a copy; what it returns is sent, whatever it is. */
  tamper: (id: string, json: Tamper | null) => void;
  /** Makes the record of an id one that cannot be serialized, until it is tampered with again: every request for it fails with 500. */
  poison(id: string): void;
}

/** The organization as tests and the live traffic handle it. */
export function polarOf(state: State, streams: Streams, settings: PolarSettings): Polar {
  const { organizationId, clock, products, prices, benefits, medias, discounts, customFields } = state;
  const all: PolarStream[] = Object.values(streams);
  const isShown = ({ isOptional, isNestedInCore, scopes }: PolarStream) =>
    !isOptional || isNestedInCore || scopes.some((one) => settings.scopes.includes(one));
  const unread = (type: string) => all.some((stream) => type in stream.webhooks && !isShown(stream));
  const tamper: Polar['tamper'] = (id, json) => {
    if (json) state.tampers.set(id, json);
    else state.tampers.delete(id);
    state.texts.clear();
  };
  return {
    organizationId,
    clock,
    settings,
    products,
    prices,
    benefits,
    medias,
    discounts,
    customFields,
    streams,
    links: streams.checkout_links.records,
    checkouts: streams.checkouts.records,
    ...editsOf(state, streams),
    json: jsonOf(state, streams),
    log: state.log,
    stepsOf: streams.checkouts.stepsOf,
    subscribe: (listener) => state.events.subscribe((event) => unread(event.type) || listener(event)),
    payloads: Object.fromEntries(all.flatMap(({ webhooks }) => Object.entries(webhooks))),
    traffic: () => all.filter(isShown).flatMap((stream) => stream.traffic()),
    tamper,
    poison: (id) =>
      tamper(id, () => {
        throw new UnserializableError(`${id} is poisoned`);
      }),
  };
}

/** The edits of all streams, and those that concern several. */
const editsOf = (state: State, streams: Streams) => ({
  ...catalogEdits(state),
  ...streams.checkout_links.edits,
  ...streams.checkouts.edits,
  ...streams.customers.edits,
  ...streams.orders.edits,
  ...streams.subscriptions.edits,
  ...streams.refunds.edits,
  ...streams.disputes.edits,
  ...streams.customer_meters.edits,
  ...streams.payments.edits,
  ...streams.benefit_grants.edits,
  ...streams.events.edits,
  ...streams.organizations.edits,
  ...mergeEdits(streams, state.clock),
});

function jsonOf(state: State, { checkout_links, checkouts }: Streams): Polar['json'] {
  return {
    link: checkout_links.json,
    checkout: checkouts.json,
    product: (id) => productJson(state, id),
    benefit: (id) => benefitJson(state, id),
    discount: (id) => discountJson(state, id),
    customField: (id) => customFieldJson(state, id),
  };
}
