import { formatInstant, micros } from '../../src/simulator/instants.ts';
import type { Product } from '../../src/simulator/polar/catalog/records.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import type { StreamName } from './rows.ts';

/** One edit; `place` and `other` select its records among those that exist at that time. */
export interface Edit {
  kind: EditKind;
  place: number;
  other: number;
}

/**
 * Effect of an edit on the order of a list: records before others vanish or appear. Null for most edits, and for records that
 * come last.
 */
export type Shift = { stream: StreamName; way: 'shrinks' | 'grows within' } | null;

interface Kind {
  shift: Shift;
  apply: (polar: Polar, at: Place) => void;
}

/** Chooses by the edit's numbers: anything, or what stands at a page boundary. */
interface Place {
  one: <T>(items: readonly T[], use: (item: T) => void) => void;
  other: <T>(items: readonly T[], use: (item: T) => void) => void;
  instantWithin: (records: readonly { created_at: string }[], use: (created_at: string) => void) => void;
  /** So many times. */
  count: (use: () => void) => void;
}

const livingLinks = ({ links }: Polar) => byDate([...links.values()].filter(({ deleted_at }) => deleted_at === null));
const sessions = ({ checkouts }: Polar, status?: string) =>
  [...checkouts.values()].filter((one) => status === undefined || one.status === status);
const onSale = ({ products }: Polar) => [...products.values()].filter(isOnSale);
const isOnSale = ({ is_archived, visibility, price_ids }: Product) =>
  !is_archived && visibility !== 'draft' && price_ids.length > 0;

function byDate<T extends { created_at: string }>(records: T[]): T[] {
  return records.sort((a, b) => micros(a.created_at) - micros(b.created_at));
}

const still = (apply: Kind['apply']): Kind => ({ shift: null, apply });
const shrinking = (stream: StreamName, apply: Kind['apply']): Kind => ({ shift: { stream, way: 'shrinks' }, apply });
const growing = (stream: StreamName, apply: Kind['apply']): Kind => ({ shift: { stream, way: 'grows within' }, apply });

const KINDS = {
  'append link': still((polar) => void polar.createLink()),
  'append twin links': still((polar) => {
    const { created_at } = polar.createLink();
    polar.createLink({ created_at });
  }),
  'append flock of links': still((polar, at) => {
    const { created_at } = polar.createLink();
    at.count(() => polar.createLink({ created_at }));
  }),
  'insert twin link': growing('polar.checkout_links', (polar, at) =>
    at.one(livingLinks(polar), ({ created_at }) => polar.createLink({ created_at })),
  ),
  'insert link': growing('polar.checkout_links', (polar, at) =>
    at.instantWithin(livingLinks(polar), (created_at) => polar.createLink({ created_at })),
  ),
  'delete link': shrinking('polar.checkout_links', (polar, at) =>
    at.one(livingLinks(polar), ({ id }) => polar.deleteLink(id)),
  ),
  'restore link': growing('polar.checkout_links', (polar, at) =>
    at.one(
      [...polar.links.values()].filter((link) => link.deleted_at !== null && link.product_ids.length > 0),
      ({ id }) => polar.restoreLink(id),
    ),
  ),
  'patch link': still((polar, at) =>
    at.one(livingLinks(polar), ({ id, label }) => polar.updateLink(id, { label: `${label ?? ''}+`, seats: null })),
  ),
  'set products': still((polar, at) =>
    at.one(livingLinks(polar), ({ id, product_ids }) =>
      at.other(onSale(polar), (product) =>
        polar.setLinkProducts(id, [...new Set([product.id, ...product_ids])].slice(0, 3)),
      ),
    ),
  ),
  'reverse products': still((polar, at) =>
    at.one(
      livingLinks(polar).filter(({ product_ids }) => product_ids.length > 1),
      ({ id, product_ids }) => polar.setLinkProducts(id, product_ids.toReversed()),
    ),
  ),
  'set discount': still((polar, at) =>
    at.one(livingLinks(polar), ({ id }) =>
      at.other([null, ...polar.discounts.keys()], (discount_id) => polar.updateLink(id, { discount_id })),
    ),
  ),
  'append session': still((polar) => void polar.createCheckout()),
  'visit link': still((polar, at) =>
    at.one(
      livingLinks(polar).filter(({ product_ids }) => product_ids.some((id) => !polar.products.get(id)?.is_archived)),
      ({ id }) => polar.visitLink(id),
    ),
  ),
  'append twin sessions': still((polar) => {
    const { created_at } = polar.createCheckout();
    polar.createCheckout({ created_at });
  }),
  'append flock of sessions': still((polar, at) => {
    const { created_at } = polar.createCheckout();
    at.count(() => polar.createCheckout({ created_at }));
  }),
  'insert twin session': growing('polar.checkouts', (polar, at) =>
    at.one(sessions(polar), ({ created_at }) => polar.createCheckout({ created_at })),
  ),
  'insert session': growing('polar.checkouts', (polar, at) =>
    at.instantWithin(sessions(polar), (created_at) => polar.createCheckout({ created_at })),
  ),
  'delete session': shrinking('polar.checkouts', (polar, at) =>
    at.one(sessions(polar), ({ id }) => polar.hardDeleteCheckout(id)),
  ),
  'update session': still((polar, at) =>
    at.one(sessions(polar), ({ id, amount }) => polar.updateCheckout(id, { amount: amount + 1, customer_name: null })),
  ),
  'backfill session': still((polar, at) =>
    at.one(sessions(polar), ({ id }) =>
      polar.backfillCheckout(id, { discount_id: null, metadata: { backfilled: true } }),
    ),
  ),
  'offer ad-hoc price': still((polar, at) =>
    at.one(
      sessions(polar).filter(({ product_id }) => product_id !== null),
      ({ id }) => polar.addAdHocPrice(id),
    ),
  ),
  'open page': still((polar, at) => at.one(sessions(polar, 'open'), ({ id }) => polar.openCheckout(id))),
  identify: still((polar, at) => at.one(sessions(polar, 'open'), ({ id }) => polar.identify(id))),
  'type address': still((polar, at) => at.one(sessions(polar, 'open'), ({ id }) => polar.typeAddress(id))),
  'choose method': still((polar, at) => at.one(sessions(polar, 'open'), ({ id }) => polar.chooseMethod(id))),
  'anonymize customer': still((polar, at) =>
    at.one(sessions(polar), ({ customer_id, customer_email }) =>
      polar.anonymizeCustomer(customer_id ?? customer_email ?? 'nobody@example.com'),
    ),
  ),
  confirm: still((polar, at) => at.one(sessions(polar, 'open'), ({ id }) => polar.confirm(id))),
  succeed: still((polar, at) => at.one(sessions(polar, 'confirmed'), ({ id }) => polar.succeed(id))),
  'fail payment': still((polar, at) => at.one(sessions(polar, 'confirmed'), ({ id }) => polar.failPayment(id))),
  expire: still((polar, at) => at.one(sessions(polar, 'open'), ({ id }) => polar.expire(id))),
  'archive product': shrinking(
    'polar.checkout_links',
    (polar, at) => onSale(polar).length > 3 && at.one(onSale(polar), ({ id }) => polar.archiveProduct(id)),
  ),
  'update product': still((polar, at) =>
    at.one(onSale(polar), ({ id, name }) => polar.updateProduct(id, { name: `${name}!`, metadata: { name } })),
  ),
  'change price': still((polar, at) =>
    at.one(onSale(polar), ({ price_ids }) =>
      at.other(price_ids, (id) => polar.changePrice(id, { price_currency: 'sek' })),
    ),
  ),
  'archive price': still((polar, at) =>
    at.one(
      onSale(polar).filter(({ price_ids }) => price_ids.length > 1),
      ({ price_ids }) => at.other(price_ids, (id) => polar.archivePrice(id)),
    ),
  ),
  'attach benefit': still((polar, at) =>
    at.one(onSale(polar), ({ id }) =>
      at.other(
        [...polar.benefits.values()].filter((benefit) => !benefit.is_deleted),
        (benefit) => polar.attachBenefit(id, benefit.id, 0),
      ),
    ),
  ),
  'detach benefit': still((polar, at) =>
    at.one([...polar.products.values()], ({ id, benefit_ids }) =>
      at.other(benefit_ids, (benefit) => polar.detachBenefit(id, benefit)),
    ),
  ),
  'delete benefit': still((polar, at) =>
    at.one(
      [...polar.benefits.values()].filter((benefit) => !benefit.is_deleted),
      ({ id }) => polar.deleteBenefit(id),
    ),
  ),
  'hide or show benefit': still((polar, at) =>
    at.one([...polar.benefits.values()], ({ id, visibility }) =>
      polar.updateBenefit(id, { visibility: visibility === 'public' ? 'private' : 'public' }),
    ),
  ),
  'attach media': still((polar, at) =>
    at.one(onSale(polar), ({ id }) => polar.attachMedia(id, polar.createMedia().id, 0)),
  ),
  'detach media': still((polar, at) =>
    at.one([...polar.products.values()], ({ id, media_ids }) =>
      at.other(media_ids, (media) => polar.detachMedia(id, media)),
    ),
  ),
  'update media': still((polar, at) =>
    at.one([...polar.medias.values()], ({ id, size }) => polar.updateMedia(id, { size: size + 1 })),
  ),
  'attach field': still((polar, at) =>
    at.one(onSale(polar), ({ id }) =>
      at.other([...polar.customFields.keys()], (field) => polar.attachCustomField(id, field, { required: true })),
    ),
  ),
  'detach field': still((polar, at) =>
    at.one([...polar.products.values()], ({ id, custom_fields }) =>
      at.other(custom_fields, (field) => polar.detachCustomField(id, field.custom_field_id)),
    ),
  ),
  'update field': still((polar, at) =>
    at.one([...polar.customFields.values()], ({ id, name }) => polar.updateCustomField(id, { name: `${name}?` })),
  ),
  'update discount': still((polar, at) =>
    at.one([...polar.discounts.values()], ({ id, name }) =>
      polar.updateDiscount(id, { name: `${name}%`, ends_at: null }),
    ),
  ),
  'change discount': still((polar, at) =>
    at.one(
      [...polar.discounts.values()].filter(({ type }) => type === 'percentage'),
      ({ id, basis_points = 0 }) => polar.updateDiscount(id, { basis_points: (basis_points + 700) % 10_000 }),
    ),
  ),
  'redeem discount': still((polar, at) => at.one([...polar.discounts.keys()], (id) => polar.redeemDiscount(id))),
} satisfies Record<string, Kind>;

/** Kind of an edit. */
export type EditKind = keyof typeof KINDS;

const isKind = (name: string): name is EditKind => name in KINDS;

/** All kinds of edits. */
export const ALL_KINDS = Object.keys(KINDS).filter(isKind);

/** Returns the effect of an edit of this kind on the order of a list. */
export const shiftOf = (kind: EditKind): Shift => KINDS[kind].shift;

/** Makes an edit; does nothing if there is no record for it. */
export function apply(polar: Polar, { kind, place, other }: Edit, pageSize: number): void {
  const pick = <T>(items: readonly T[], number: number, use: (item: T) => void) => {
    const item = items[number % Math.max(1, items.length)];
    if (item !== undefined) use(item);
  };
  KINDS[kind].apply(polar, {
    one: (items, use) => pick(items, other % 2 === 0 ? place : nearBoundary(place, pageSize), use),
    other: (items, use) => pick(items, other, use),
    count: (use) => {
      for (let times = 0; times <= place; times++) use();
    },
    instantWithin: (records, use) => {
      if (records.length < 2) return;
      const upper = 1 + (nearBoundary(place, pageSize) % (records.length - 1));
      const [before, after] = [records[upper - 1], records[upper]];
      if (before && after) use(formatInstant(Math.floor((micros(before.created_at) + micros(after.created_at)) / 2)));
    },
  });
}

/** The last, first or second position of some page. */
const nearBoundary = (place: number, pageSize: number) =>
  Math.max(0, Math.floor(place / 3) * pageSize + (place % 3) - 1);
