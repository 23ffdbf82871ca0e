import type { Database } from '../../src/database/database.ts';
import { DAY, formatInstant, HOUR, micros, MINUTE } from '../../src/simulator/instants.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import { random } from '../../src/simulator/random.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { sourceOf } from '../support/source.ts';
import type { MerchantSize } from './merchant.ts';
import { CURRENCIES, SALES_EDITS } from './sales-edits.ts';
import { storeEdit } from './store-edit.ts';

const STREAMS = ['products', 'discounts', 'orders', 'refunds', 'subscriptions'];
const TYPES = /^(product|discount|order|refund|subscription)\./;
const FOLLOWED_FOR = 70 * DAY;

/** A merchant with sales, whose days begin in a time zone. */
export interface Selling {
  seed: number;
  account: string;
  timezone: string;
  size: MerchantSize;
}

/**
 * Stores the sales of a merchant into an account, then makes edits of orders, refunds and subscriptions, stores each from its
 * webhooks, and at last reads what no webhook told. Returns what happened.
 */
export async function followSeller(db: Database, { seed, account, timezone, size }: Selling): Promise<Polar> {
  const start = micros(new Date().toISOString()) - FOLLOWED_FOR;
  const now = formatInstant(start);
  const simulator = await startPolar({ seed, links: 3, checkouts: size.checkouts, scopes: 'every', now });
  const { polar } = simulator;
  offerEverywhere(polar);
  const engine = engineOf(sourceOf({ ...simulator.settings }, account === 'default' ? undefined : account), db);
  const read = async () => {
    for (const stream of STREAMS) await engine.sync(`polar.${stream}`);
  };
  await read();
  const chance = random(seed, 'sales');
  const longestPauseMs = Math.floor(FOLLOWED_FOR / 1000 / size.edits);
  const instants = oddInstants(timezone, start);
  for (let number = 0; number < size.edits; number++) {
    polar.clock.advance(chance.integer(Math.floor(longestPauseMs * 0.9), longestPauseMs));
    const edit = SALES_EDITS[number % SALES_EDITS.length];
    await storeEdit({ polar, engine, types: TYPES }, () => edit?.(polar, chance, instants));
  }
  await read();
  return polar;
}

/** Gives what is subscribed to a price in each currency. */
function offerEverywhere(polar: Polar): void {
  const recurring = [...polar.products.values()].filter(
    ({ recurring_interval, is_archived }) => recurring_interval !== null && !is_archived,
  );
  for (const { id } of recurring)
    for (const [index, price_currency] of CURRENCIES.slice(1).entries())
      polar.addPrice(id, { price_currency, price_amount: 1000 * (index + 1) + 5 });
}

/** The hours of the days of the year before when the clocks of a time zone change, and the ends of some days. */
function oddInstants(timezone: string, before: number): string[] {
  const hourOf = new Intl.DateTimeFormat('en', { timeZone: timezone, hour: 'numeric', hourCycle: 'h23' });
  const noon = Math.floor(before / DAY) * DAY - DAY / 2;
  const localHour = (at: number) => Number(hourOf.format(new Date(at / 1000)));
  const days = Array.from({ length: 365 }, (_, number) => noon - (number + 1) * DAY);
  const changed = days.filter((at) => localHour(at) !== localHour(at + DAY));
  const halves = changed.flatMap((at) => Array.from({ length: 48 }, (_, half) => at + half * 30 * MINUTE));
  const midnights = days.filter((_, number) => number % 7 === 0).map((at) => at + (24 - localHour(at)) * HOUR);
  return [...halves, ...midnights.flatMap((at) => [at - 45 * MINUTE, at - 15 * MINUTE, at + 15 * MINUTE])].map(
    formatInstant,
  );
}
