import { randomUuid } from '../../ids.ts';
import { formatInstant } from '../../instants.ts';
import { random } from '../../random.ts';
import { outcomeId } from '../checkouts/outcome.ts';
import { rowsAtStart } from '../checkouts/paid.ts';
import type { CheckoutRow } from '../checkouts/record.ts';
import type { SeededSessions } from '../checkouts/seed.ts';
import type { Sessions } from '../checkouts/sessions.ts';
import type { CheckoutEntry } from '../edit-log.ts';
import type { State } from '../state.ts';
import type { Table } from '../table.ts';
import type { Order } from './record.ts';

/** An attempt to pay for a session or an order, as Polar stores it. */
export interface Payment {
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  processor: 'stripe';
  status: 'pending' | 'succeeded' | 'failed';
  /** Amount charged, with tax. */
  amount: number;
  currency: string;
  method: string;
  trigger: 'purchase' | 'subscription_cycle' | 'retry_dunning' | null;
  decline_reason: string | null;
  decline_message: string | null;
  organization_id: string;
  checkout_id: string | null;
  order_id: string | null;
  processor_metadata: Record<string, unknown>;
  /** For cards only. */
  method_metadata: { brand: string; last4: string } | null;
}

const DECLINES = {
  insufficient_funds: 'Your card has insufficient funds.',
  card_declined: 'Your card was declined.',
  expired_card: 'Your card has expired.',
  authentication_required: 'Your card requires authentication.',
};

/** Known facts of an attempt; the rest is drawn from its id. */
type PaymentAttempt = Pick<Payment, 'id' | 'created_at' | 'status' | 'amount' | 'currency'> & Partial<Payment>;

/** Returns an attempt by card, unless another method is known; a failed one has a reason. */
function newPayment({ organizationId }: State, attempt: PaymentAttempt): Payment {
  const { id, status, method = 'card' } = attempt;
  const chance = random(parseInt(id.slice(0, 8), 16), 'payment', parseInt(id.slice(28), 16));
  const reason = chance.pick(Object.entries(DECLINES));
  const [decline_reason, decline_message] = status === 'failed' ? reason : [null, null];
  const card = { brand: chance.pick(['visa', 'mastercard', 'amex']), last4: String(chance.integer(1000, 9999)) };
  return {
    modified_at: null,
    deleted_at: null,
    processor: 'stripe',
    method,
    trigger: 'purchase',
    decline_reason,
    decline_message,
    organization_id: organizationId,
    checkout_id: null,
    order_id: null,
    processor_metadata: { outcome: { network_status: status === 'failed' ? 'declined_by_network' : 'approved' } },
    method_metadata: method === 'card' ? card : null,
    ...attempt,
  };
}

const paymentId = (seed: number, of: string, failures: number) => outcomeId(seed + failures, 'payment', of);

/** The payment of an order: the one that succeeded, or is tried next. */
export const paymentOf = ({ seed }: Pick<State, 'seed'>, { id, checkout_id, truth }: Order): string =>
  paymentId(seed, checkout_id ?? id, truth.failures);

/** An attempt to charge an order that no session made. */
export function orderPayment(state: State, order: Order, status: Payment['status'], created_at: string): Payment {
  const isRenewal = order.billing_reason === 'subscription_cycle';
  const first = isRenewal ? 'subscription_cycle' : 'purchase';
  return newPayment(state, {
    id: paymentOf(state, order),
    created_at,
    status,
    amount: order.net_amount + order.tax_amount + order.applied_balance_amount,
    currency: order.currency,
    trigger: order.truth.failures > 0 ? 'retry_dunning' : first,
    order_id: order.id,
  });
}

/** The attempt to pay that a change of a session begins or ends; undefined for other changes. */
export function paymentIn(state: State, { action, before, after, at }: CheckoutEntry): Payment | undefined {
  if (!before || !after || !isCharged(after)) return undefined;
  if (action === 'confirmed') return sessionPayment(state, after, { status: 'pending', created_at: at });
  const begun = before.modified_at ?? at;
  if (action === 'succeeded')
    return sessionPayment(state, after, { status: 'succeeded', created_at: begun, modified_at: at });
  if (action !== 'payment_failed') return undefined;
  return sessionPayment(state, before, { status: 'failed', created_at: begun, modified_at: at });
}

const isCharged = ({ net_amount, tax_amount, trial_end }: CheckoutRow) =>
  net_amount + (tax_amount ?? 0) > 0 && trial_end === null;

function sessionPayment(
  state: State,
  row: CheckoutRow,
  attempt: Pick<Payment, 'status' | 'created_at'> & { modified_at?: string; failures?: number },
): Payment {
  const { failures = row.truth.failures, ...known } = attempt;
  const method = row.payment_method_type ?? 'card';
  return newPayment(state, {
    ...known,
    id: paymentId(state.seed, row.id, failures),
    amount: row.net_amount + (row.tax_amount ?? 0),
    currency: row.currency,
    // Polar: wallets pay by card.
    method: method === 'apple_pay' || method === 'google_pay' ? 'card' : method,
    checkout_id: row.id,
    // Polar: added once the order is made.
    order_id: known.status === 'succeeded' ? outcomeId(state.seed, 'order', row.id) : null,
  });
}

/** The attempts to pay of the sessions that there were at the start. */
export function earlyPayments(state: State, sessions: Sessions, seeded: SeededSessions): Payment[] {
  const earlier = rowsAtStart(state.log);
  return sessions.timeline.rows.flatMap((slot) => {
    const now = sessions.row(slot);
    const number = seeded.numberOf(now.id);
    const row = earlier.get(now.id) ?? now;
    return number === undefined || !isCharged(row) ? [] : attemptsOf(state, row, seeded.steps(number));
  });
}

function attemptsOf(state: State, row: CheckoutRow, steps: ReturnType<SeededSessions['steps']>): Payment[] {
  const found: Payment[] = [];
  let created_at: string | undefined;
  for (const { action, at } of steps) {
    if (action === 'confirmed') created_at = formatInstant(at);
    if (created_at === undefined || (action !== 'payment_failed' && action !== 'succeeded')) continue;
    const status = action === 'succeeded' ? ('succeeded' as const) : ('failed' as const);
    found.push(
      sessionPayment(state, row, { status, created_at, modified_at: formatInstant(at), failures: found.length }),
    );
  }
  const isOpen = row.status === 'confirmed' && created_at !== undefined;
  return isOpen ? [...found, sessionPayment(state, row, { status: 'pending', created_at: created_at ?? '' })] : found;
}

/** Edits of payments beside those of their sessions and orders; Polar sends no webhooks of them. */
export interface PaymentRecordEdits {
  /** An attempt that belongs to nothing that is known, pending unless `fields` say otherwise. */
  createPayment(fields?: Partial<Payment>): Payment;
  updatePayment(id: string, changes: Partial<Omit<Payment, 'id' | 'created_at'>>, at?: string): Payment;
  /** A soft delete by a hand in the database: Polar deletes no payments. */
  deletePayment(id: string, at?: string): Payment;
  /** Undoes {@link deletePayment}. */
  restorePayment(id: string, at?: string): Payment;
}

/** The edits of the payments. */
export function paymentRecordEdits(state: State, payments: () => Table<Payment>): PaymentRecordEdits {
  const change: PaymentRecordEdits['updatePayment'] = (id, changes, at = state.clock.now()) =>
    payments().put({ ...payments().get(id), ...changes, modified_at: at });
  return {
    createPayment: (fields = {}) => {
      const drawn = { id: randomUuid(state.chance), created_at: state.clock.now() };
      return payments().put(
        newPayment(state, { status: 'pending', amount: 1190, currency: 'usd', ...drawn, ...fields }),
      );
    },
    updatePayment: change,
    deletePayment: (id, at = state.clock.now()) => change(id, { deleted_at: at }, at),
    restorePayment: (id, at) => change(id, { deleted_at: null }, at),
  };
}
