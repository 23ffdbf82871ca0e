import { DAY, formatInstant, HOUR, micros, MINUTE } from '../../src/simulator/instants.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import { random, type Random } from '../../src/simulator/random.ts';
import type { Database } from '../../src/database/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { storeEdit } from './store-edit.ts';

/** Number of sessions that a merchant starts with, and of the edits that follow. */
export interface MerchantSize {
  checkouts: number;
  edits: number;
}

const CURRENCIES = ['usd', 'eur', 'jpy', 'kwd'];
const FOLLOWED_FOR = 3 * DAY;

/**
 * Stores a merchant's records, then makes edits and stores each immediately: from its webhooks, or by a pull if it sends none.
 */
export async function followMerchant(
  db: Database,
  { seed, account, checkouts, edits }: { seed: number; account: string } & MerchantSize,
): Promise<Polar> {
  const start = micros(new Date().toISOString()) - FOLLOWED_FOR;
  const simulator = await startPolar({ seed, links: 10, checkouts, now: formatInstant(start) });
  const engine = syncing(simulator, db, account === 'default' ? {} : { account });
  await engine.sync('polar.checkout_links');
  await engine.sync('polar.checkouts');
  const chance = random(seed, 'report');
  const longestPauseMs = Math.floor(FOLLOWED_FOR / 1000 / edits);
  for (let number = 0; number < edits; number++) {
    if (number === Math.floor(edits * 0.7)) simulator.polar.clock.set(formatInstant(start + FOLLOWED_FOR - HOUR));
    else if (number < edits * 0.7) simulator.polar.clock.advance(chance.integer(0, longestPauseMs));
    const opened = await storeEdit({ polar: simulator.polar, engine }, () => edit(simulator.polar, chance));
    if (opened !== undefined) await engine.pull('polar.checkouts', opened);
  }
  await engine.sync('polar.checkout_links');
  return simulator.polar;
}

/** Makes one edit. Returns the id of a session that changed without a webhook. */
function edit(polar: Polar, chance: Random): string | undefined {
  const sessions = [...polar.checkouts.values()];
  const recent = sessions.slice(-12);
  const open = recent.filter(({ status, expires_at }) => status === 'open' && isAhead(polar, expires_at));
  const kind = chance.integer(0, 19);
  if (kind <= 3 || open.length === 0) return begin(polar, chance);
  const { id } = chance.pick(open);
  if (kind <= 5) return polar.openCheckout(id).id;
  if (kind <= 7) polar.identify(id);
  else if (kind <= 8) polar.typeAddress(id);
  else if (kind <= 12) pay(polar, chance, id);
  else if (kind <= 14) polar.expire(id);
  else if (kind <= 15)
    polar.updateProduct(chance.pick([...polar.products.keys()]), { name: `Renamed ${polar.clock.now()}` });
  else if (kind <= 16)
    polar.updateDiscount(chance.pick([...polar.discounts.keys()]), { name: `Sale ${polar.clock.now()}` });
  else if (kind <= 17) polar.createLink({ metadata: { campaign: `spring-${chance.integer(1, 3)}` } });
  else comeBack(polar, chance, id);
  return undefined;
}

const isAhead = (polar: Polar, at: string) => micros(at) > micros(polar.clock.now()) + 10 * MINUTE;

function begin(polar: Polar, chance: Random): undefined {
  const links = [...polar.links.values()].filter(({ deleted_at, product_ids }) => {
    const isOnSale = product_ids.some((id) => polar.products.get(id)?.is_archived === false);
    return deleted_at === null && isOnSale;
  });
  if (chance.chance(0.6)) polar.visitLink(chance.pick(links).id);
  else if (chance.chance(0.2)) polar.createCheckout({ product_id: null });
  else polar.createCheckout({ currency: chance.pick(CURRENCIES), ...discountOf(polar, chance) });
}

const discountOf = (polar: Polar, chance: Random) =>
  chance.chance(0.4) ? { discount_id: chance.pick([...polar.discounts.keys()]) } : {};

/** An attempt to pay, which may fail, stay on the way, or be followed by another one at the same moment. */
function pay(polar: Polar, chance: Random, id: string): void {
  polar.confirm(id);
  if (chance.chance(0.3)) polar.failPayment(id);
  else if (chance.chance(0.85)) polar.succeed(id);
}

/** A buyer leaves a session with their address in it, and pays in another one. */
function comeBack(polar: Polar, chance: Random, id: string): void {
  const { truth } = polar.identify(id);
  polar.expire(id);
  const again = polar.createCheckout({ truth, currency: chance.pick(CURRENCIES) });
  polar.succeed(polar.confirm(again.id).id);
}
