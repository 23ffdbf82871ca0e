import type { Checkout } from '../checkouts/record.ts';
import { exchangeRate } from '../events/event.ts';
import type { Order } from '../orders/record.ts';
import type { Refund } from '../orders/refund.ts';
import type { Subscription } from '../subscriptions/record.ts';
import type { Frame } from './frame.ts';

/** The records that metrics are computed from: those of the products and customers that a request asks for. */
export interface MeasuredRecords {
  /** Orders that were paid for. */
  orders: Order[];
  /** Refunds that succeeded, by the id of their order. */
  refundsOf: ReadonlyMap<string, readonly Refund[]>;
  subscriptions: Subscription[];
  checkouts: Checkout[];
}

/** The figures of a period, by slug. */
export type Figures = Record<string, number>;

/** Returns the figures of each period. */
export type Measure = (records: MeasuredRecords, frame: Frame) => (key: string) => Figures;

/** Polar settles in US dollars; amounts in other currencies are converted by the rate of their payment. */
export const inDollars = (amount: number, currency: string): number => Math.round(amount * exchangeRate(currency));

/** Returns the rows of a period, of those within the request's dates. */
export function byPeriod<T>(
  rows: readonly T[],
  { keyOf, isWithin }: Frame,
  instantIn: (row: T) => string | null,
): (key: string) => readonly T[] {
  const dated = rows.flatMap((row) => {
    const at = instantIn(row);
    return at !== null && isWithin(at) ? [{ key: keyOf(at), row }] : [];
  });
  const groups = Map.groupBy(dated, ({ key }) => key);
  return (key) => (groups.get(key) ?? []).map(({ row }) => row);
}

/** Adds up a number of each row. */
export const total = <T>(rows: readonly T[], numberOf: (row: T) => number): number =>
  rows.reduce((sum, row) => sum + numberOf(row), 0);

/** A part of a whole; 0 where there is no whole. */
export const part = (value: number, whole: number): number => (whole === 0 ? 0 : value / whole);
