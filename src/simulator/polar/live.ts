import type { Random } from '../random.ts';
import type { Price } from './catalog/records.ts';
import type { Checkout } from './checkouts/record.ts';
import type { Polar } from './polar.ts';

/** How busy the simulated merchant is. */
export interface TrafficOptions {
  /** Edits a second. */
  perSecond: number;
}

/** What the traffic works on. */
export interface Market {
  polar: Polar;
  chance: Random;
  /** Ids of open sessions. */
  open: string[];
  /** Ids of confirmed sessions. */
  confirmed: string[];
}

/** Makes seeded edits until the returned function is called: new sessions, openings, confirmations, payments, expiry, now and then a link, product or price. */
export function startTraffic(market: Market, { perSecond }: TrafficOptions): () => void {
  const pauseMs = Math.max(10, 1000 / perSecond);
  let due = 0;
  const timer = setInterval(() => {
    for (due += (perSecond * pauseMs) / 1000; due >= 1; due--) step(market);
  }, pauseMs);
  return () => clearInterval(timer);
}

const STEPS: readonly (readonly [share: number, step: (market: Market) => void])[] = [
  [40, ({ polar, open }) => void open.push(polar.createCheckout().id)],
  [18, (market) => take(market, 'open', (id) => market.polar.openCheckout(id))],
  [14, (market) => take(market, 'open', (id) => market.polar.confirm(id))],
  [12, (market) => take(market, 'confirmed', (id) => market.polar.succeed(id))],
  [3, (market) => take(market, 'confirmed', (id) => market.polar.failPayment(id))],
  [2, ({ polar }) => void polar.runExpiryJob()],
  [4, editLink],
  [3, editProduct],
  [2, editPrice],
];

const SHARES = STEPS.reduce((sum, [share]) => sum + share, 0);

function step(market: Market): void {
  let place = market.chance.next() * SHARES;
  STEPS.find(([share]) => (place -= share) < 0)?.[1](market);
}

/** Takes a random session that still has the status, and files it under the status it gets. */
function take(market: Market, status: 'open' | 'confirmed', edit: (id: string) => Checkout): void {
  const { polar, chance } = market;
  const ids = market[status];
  if (ids.length === 0) return;
  const [id] = ids.splice(chance.integer(0, ids.length - 1), 1);
  if (id === undefined || polar.checkouts.get(id)?.status !== status) return;
  const { status: next } = edit(id);
  if (next === 'open' || next === 'confirmed') market[next].push(id);
}

function editLink({ polar, chance }: Market): void {
  const links = [...polar.links.values()].filter((link) => link.deleted_at === null);
  if (links.length < 3 || chance.chance(0.3)) return void polar.createLink();
  const { id, product_ids } = chance.pick(links);
  const others = [...polar.products.values()].filter((product) => !product.is_archived && product.price_ids.length > 0);
  if (chance.chance(0.1)) polar.deleteLink(id);
  else if (chance.chance(0.4)) polar.setLinkProducts(id, [...new Set([...product_ids, chance.pick(others).id])]);
  else polar.updateLink(id, { label: `Campaign ${chance.integer(1, 99)}` });
}

function editProduct({ polar, chance }: Market): void {
  const product = chance.pick([...polar.products.values()]);
  const benefit = chance.pick([...polar.benefits.values()].filter((each) => !each.is_deleted));
  if (chance.chance(0.5)) polar.updateProduct(product.id, { description: `Edition ${chance.integer(1, 99)}.` });
  else if (product.benefit_ids.includes(benefit.id)) polar.detachBenefit(product.id, benefit.id);
  else polar.attachBenefit(product.id, benefit.id);
}

function editPrice({ polar, chance }: Market): void {
  const product = chance.pick([...polar.products.values()]);
  const listed = product.price_ids.flatMap((id) => polar.prices.get(id) ?? []);
  const fixed = listed.filter((price): price is Price & { price_amount: number } => (price.price_amount ?? 0) > 0);
  if (fixed.length === 0) return;
  const price = chance.pick(fixed);
  polar.changePrice(price.id, { price_amount: price.price_amount + chance.pick([-100, 100, 200]) });
}
