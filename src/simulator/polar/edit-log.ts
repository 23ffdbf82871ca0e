import type { Clock } from '../clock.ts';
import type { CheckoutRow } from './checkouts/record.ts';
import type { Benefit, CustomField, Discount, Media, Price, Product } from './catalog/records.ts';
import type { Link } from './links/record.ts';

/** The records of the catalog, by the names that their maps have. */
export interface CatalogRecords {
  products: Product;
  prices: Price;
  benefits: Benefit;
  medias: Media;
  discounts: Discount;
  customFields: CustomField;
}

/** A kind of record that makes up the catalog. */
export type CatalogKind = keyof CatalogRecords;

/** A change of a record of the catalog or of a link. */
export type RecordAction = 'created' | 'updated' | 'deleted' | 'restored';

/**
 * A change of a session. `identified`: the buyer typed the e-mail address. `address_typed`: a street or postal code.
 * `confirmed`: an attempt to pay. `payment_failed`: the attempt failed. `anonymized`: its customer was.
 * `backfilled` and `removed`: by hand in the database.
 */
export type CheckoutAction =
  | 'created'
  | 'opened'
  | 'identified'
  | 'address_typed'
  | 'method_chosen'
  | 'updated'
  | 'confirmed'
  | 'payment_failed'
  | 'succeeded'
  | 'expired'
  | 'anonymized'
  | 'backfilled'
  | 'removed';

/** One change of one record, at the moment when it happened. */
export interface LogEntry<T, Action> {
  /** Position among all changes, from 0. */
  number: number;
  at: string;
  action: Action;
  id: string;
  /** Null for a new record. */
  before: T | null;
  /** Null for a removed record. */
  after: T | null;
}

/** A session's change. */
export type CheckoutEntry = LogEntry<CheckoutRow, CheckoutAction>;

/** The changes of the catalog. */
export type CatalogLog = { readonly [Kind in CatalogKind]: LogEntry<CatalogRecords[Kind], RecordAction>[] };

/** Every change since the start by the kind of record, in the order in which they were made. */
export interface EditLog extends CatalogLog {
  readonly links: LogEntry<Link, RecordAction>[];
  readonly checkouts: CheckoutEntry[];
}

/** A log without entries. */
export const emptyLog = (): EditLog => ({
  products: [],
  prices: [],
  benefits: [],
  medias: [],
  discounts: [],
  customFields: [],
  links: [],
  checkouts: [],
});

/** The position of the next change. */
export function nextNumber(log: EditLog): number {
  return Object.values(log).reduce((sum, entries) => sum + entries.length, 0);
}

interface Deletable {
  id: string;
  created_at: string;
  modified_at?: string | null;
  deleted_at?: string | null;
}

/** The change that leads from a record to its new state; one that moves no `modified_at` is of the clock's present. */
export function changeOf<T extends Deletable>(
  { log, clock }: { log: EditLog; clock: Clock },
  before: T | undefined,
  after: T,
): LogEntry<T, RecordAction> {
  const isMoved = before?.modified_at !== after.modified_at;
  const at = before ? (isMoved && after.modified_at) || clock.now() : after.created_at;
  return { number: nextNumber(log), at, action: actionOf(before, after), id: after.id, before: before ?? null, after };
}

function actionOf(before: Deletable | undefined, after: Deletable): RecordAction {
  if (!before) return 'created';
  if (!before.deleted_at === !after.deleted_at) return 'updated';
  return after.deleted_at ? 'deleted' : 'restored';
}
