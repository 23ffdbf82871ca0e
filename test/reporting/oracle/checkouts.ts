import { createHash } from 'node:crypto';
import { micros } from '../../../src/simulator/instants.ts';
import type { Checkout, CheckoutRow } from '../../../src/simulator/polar/checkouts/record.ts';
import type { Link } from '../../../src/simulator/polar/links/record.ts';
import { dayIn, digitsOf, isSettledAt, knownStates, major, type AccountTruth, type KnownState } from './truth.ts';

/** A row that a view must have; moments in microseconds. */
export type ReportRow = Record<string, unknown>;

const UTM = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'reference_id'] as const;

const hasStreet = ({ customer_billing_address: address }: CheckoutRow) => !!(address?.line1 ?? address?.postal_code);

/** Session by session what analytics.checkouts must show. */
export function expectedCheckouts(truth: AccountTruth): ReportRow[] {
  const sessions = [...truth.polar.checkouts.values()];
  const keys = customerKeys(truth, sessions);
  const firsts = firstPurchases(sessions, keys);
  return sessions.map((session) => {
    const states = knownStates(truth, session);
    const key = keys(session);
    return {
      ...identityOf(truth, session),
      ...outcomeOf(truth, session, states),
      ...stampsOf(truth, session, states),
      ...goodsOf(truth, session),
      ...moneyOf(session),
      ...originOf(truth, session),
      customer_key: key,
      is_first_purchase: isPaid(session) && key !== null ? firsts.get(key)?.id === session.id : null,
      is_paid: isPaid(session),
    };
  });
}

const identityOf = ({ account, timezone }: AccountTruth, session: Checkout): ReportRow => ({
  source: 'polar',
  account,
  organization_id: session.organization_id,
  checkout_id: session.id,
  created_at: micros(session.created_at),
  expires_at: micros(session.expires_at),
  deleted_at: null,
  created_day: dayIn(timezone, micros(session.created_at)),
});

const isPaid = ({ status, total_amount, trial_end }: Checkout) =>
  status === 'succeeded' && total_amount > 0 && trial_end === null;

const isAttempt = ({ row: { status } }: KnownState, index: number, states: readonly KnownState[]) =>
  /^(confirmed|succeeded)$/.test(status) && !/^(confirmed|succeeded)$/.test(states[index - 1]?.row.status ?? 'open');

const isEngaged = (session: Checkout, states: readonly KnownState[]) =>
  [session, ...states.map(({ row }) => row)].some(
    (row) => row.customer_email !== null || row.customer_id !== null || row.status === 'confirmed' || hasStreet(row),
  );

function outcomeOf({ now }: AccountTruth, session: Checkout, states: readonly KnownState[]): ReportRow {
  const [is_settled, engaged] = [isSettledAt(session, now), isEngaged(session, states)];
  const ended = engaged ? 'abandoned' : 'unengaged';
  const waiting = session.status === 'confirmed' ? 'paying' : engaged ? 'active' : 'idle';
  const outcome = session.status === 'succeeded' ? (isPaid(session) ? 'paid' : 'free') : is_settled ? ended : waiting;
  return { outcome, is_settled, step: stepOf(session, states, engaged) };
}

function stepOf(session: Checkout, states: readonly KnownState[], engaged: boolean): string {
  if (session.status === 'succeeded') return 'completed';
  if (session.status === 'confirmed' || states.some(isAttempt)) return 'attempted';
  if (engaged) return 'identified';
  return openingsOf(session, states).length > 0 || isTouched(session) ? 'opened' : 'created';
}

const isTouched = ({ modified_at, expires_at }: Checkout) =>
  modified_at !== null && micros(modified_at) < micros(expires_at);

/** Changes of a session that imply an opened page, which cannot be opened after the end. */
const openingsOf = ({ expires_at }: Checkout, states: readonly KnownState[]) =>
  states.flatMap(({ row: { modified_at, status } }) =>
    modified_at !== null && (micros(modified_at) < micros(expires_at) || /^(confirmed|succeeded)$/.test(status))
      ? [Math.min(micros(modified_at), micros(expires_at))]
      : [],
  );

function stampsOf({ now }: AccountTruth, session: Checkout, states: readonly KnownState[]): ReportRow {
  const first = (fits: (state: KnownState, index: number, all: readonly KnownState[]) => boolean) => states.find(fits);
  const identified = first(({ row }) => row.customer_email !== null);
  const attempt = first(isAttempt);
  const completed = first(({ row }) => row.status === 'succeeded');
  const ended = first(({ row }) => /^(expired|failed)$/.test(row.status));
  const lastActive = states.findLast(({ row }) => /^(open|confirmed|succeeded)$/.test(row.status));
  const openings = openingsOf(session, states).toSorted((one, other) => one - other);
  const isCompleted = session.status === 'succeeded';
  const isSettled = isSettledAt(session, now);
  const unknownEnd = Math.min(micros(session.modified_at ?? session.expires_at), micros(session.expires_at));
  const completed_at = isCompleted ? (completed?.at ?? unknownEnd) : null;
  const failures = states.filter(
    ({ row: { status } }, index) =>
      /^(open|expired|failed)$/.test(status) && states[index - 1]?.row.status === 'confirmed',
  );
  return {
    opened_at: openings[0] ?? null,
    opened_is_exact: openings.length > 0 ? false : null,
    identified_at: identified?.at ?? null,
    identified_is_exact: identified?.isExact ?? null,
    first_attempt_at: attempt?.at ?? null,
    first_attempt_is_exact: attempt ? attempt.isExact && attempt.row.status === 'confirmed' : null,
    completed_at,
    completed_is_exact: isCompleted ? (completed?.isExact ?? false) : null,
    settled_at: isCompleted ? completed_at : isSettled ? (ended?.at ?? micros(session.expires_at)) : null,
    settled_is_exact: isSettled ? ((isCompleted ? completed : ended)?.isExact ?? false) : null,
    last_active_at: lastActive?.at ?? micros((isTouched(session) && session.modified_at) || session.created_at),
    attempts: states.length > 0 ? states.filter(isAttempt).length : null,
    failed_attempts: states.length > 0 ? failures.length : null,
  };
}

function goodsOf(truth: AccountTruth, session: Checkout): ReportRow {
  const { polar } = truth;
  const product = session.product_id === null ? undefined : polar.products.get(session.product_id);
  const price = session.product_price_id === null ? undefined : polar.prices.get(session.product_price_id);
  const discount = session.discount_id === null ? undefined : polar.discounts.get(session.discount_id);
  return {
    product_id: session.product_id,
    product_name: product?.name ?? null,
    product_name_then: nameThen(truth, session),
    product_price_id: session.product_price_id,
    price_type: price?.amount_type ?? null,
    price_amount: price?.price_amount ?? null,
    seats: session.seats,
    units: session.units,
    discount_id: session.discount_id,
    discount_name: discount?.name ?? null,
    discount_code: discount?.code ?? null,
    subscription_id: session.subscription_id,
  };
}

/** The name that a product had when a session was made, as far back as its first known state. */
function nameThen({ polar }: AccountTruth, { product_id, created_at }: Checkout): string | null {
  const changes = polar.log.products.filter(({ id }) => id === product_id);
  const first = changes[0]?.before ?? polar.products.get(product_id ?? '');
  if (!first) return null;
  const states = [
    { at: first.modified_at ?? first.created_at, name: first.name },
    ...changes.flatMap(({ at, after }) => (after ? [{ at, name: after.name }] : [])),
  ];
  return states.findLast(({ at }) => micros(at) <= micros(created_at))?.name ?? null;
}

function moneyOf(session: Checkout): ReportRow {
  const { currency, amount, net_amount, tax_amount, tax_behavior, total_amount } = session;
  const discount_given = amount - net_amount - (tax_behavior === 'inclusive' ? (tax_amount ?? 0) : 0);
  return {
    currency,
    minor_digits: digitsOf(currency),
    amount,
    discount_given,
    net_amount,
    tax_amount,
    total_amount,
    amount_money: major(amount, currency),
    discount_given_money: major(discount_given, currency),
    net_money: major(net_amount, currency),
    tax_money: major(tax_amount, currency),
    total_money: major(total_amount, currency),
    country: session.customer_billing_address?.country ?? null,
    country_is_typed: hasStreet(session),
  };
}

function originOf({ polar }: AccountTruth, session: Checkout): ReportRow {
  const shown = UTM.filter((key) => key in session.metadata);
  const links = [...polar.links.values()].filter((link) => explains(link, session));
  return {
    ...Object.fromEntries(UTM.map((key) => [key, session.metadata[key] ?? null])),
    metadata: shown.length > 0 ? Object.fromEntries(shown.map((key) => [key, session.metadata[key]])) : null,
    link_id: links.length === 1 ? links[0]?.id : null,
    link_match: ['none', 'metadata'][links.length] ?? 'ambiguous',
  };
}

/** True when a session's metadata could come from a link: all of the link's, and what a visit may bring along. */
function explains({ metadata, created_at }: Link, session: Checkout): boolean {
  const own = Object.entries(metadata);
  const others = Object.keys(session.metadata).filter((key) => !(key in metadata));
  return (
    own.length > 0 &&
    micros(created_at) <= micros(session.created_at) &&
    own.every(([key, value]) => session.metadata[key] === value) &&
    others.every((key) => UTM.some((known) => known === key))
  );
}

/** The key of each session's customer: the id, that of a buyer with the same address, or a hash of the address. */
function customerKeys({ secret }: AccountTruth, sessions: readonly Checkout[]): (session: Checkout) => string | null {
  const known = new Map<string, string>();
  for (const { status, customer_email: email, customer_id: id } of sessions) {
    if (status !== 'succeeded' || email === null || id === null) continue;
    const other = known.get(email);
    if (other === undefined || id < other) known.set(email, id);
  }
  return ({ customer_id, customer_email: email, organization_id }) => {
    if (customer_id !== null || email === null) return customer_id;
    const hash = createHash('sha256')
      .update(secret + organization_id + email.toLowerCase())
      .digest('hex');
    return known.get(email) ?? `email_${hash.slice(0, 32)}`;
  };
}

function firstPurchases(
  sessions: readonly Checkout[],
  keys: (session: Checkout) => string | null,
): Map<string, Checkout> {
  const order = (one: Checkout, other: Checkout) =>
    micros(one.created_at) - micros(other.created_at) || (one.id < other.id ? -1 : 1);
  const firsts = new Map<string, Checkout>();
  for (const session of sessions.filter(isPaid).toSorted(order)) {
    const key = keys(session);
    if (key !== null && !firsts.has(key)) firsts.set(key, session);
  }
  return firsts;
}
