import { randomUuid } from '../../ids.ts';
import { DAY, later, micros } from '../../instants.ts';
import { onSale } from '../catalog/on-sale.ts';
import type { Customer } from '../customers/record.ts';
import type { State } from '../state.ts';
import type { Table } from '../table.ts';
import { isLiving, type CancellationReason, type PendingUpdate, type Subscription } from './record.ts';
import type { Billing } from './billing.ts';
import { amountFor, newSubscription } from './new-subscription.ts';
import { canceled, DUNNING_DAYS, ended, moveTo, pastDue, paused, renewed, resumed, uncanceled } from './transitions.ts';

type SubscriptionFields = Partial<Omit<Subscription, 'id' | 'created_at'>>;

/** Fields of a subscription that a pending update may change. */
export type SubscriptionChange = Partial<Pick<PendingUpdate, 'product_id' | 'seats' | 'units'>>;

/** Edits of subscriptions. `at` is the instant of the edit, by default the simulated present. */
export interface SubscriptionEdits {
  /**
   * A new subscription of a product on sale, for any customer, unless `fields` say otherwise. Sends `subscription.created`, and
   * `subscription.active` unless it is incomplete.
   */
  createSubscription(fields?: Partial<Subscription>): Subscription;
  /** incomplete → active: the first payment. Sends `subscription.updated` and `subscription.active`. */
  activateSubscription(id: string, at?: string): Subscription;
  /** Sends `subscription.updated`. */
  updateSubscription(id: string, changes: SubscriptionFields, at?: string): Subscription;
  /**
   * The next period begins, and is paid for. Sends `subscription.updated` and `subscription.cycled`, and the webhooks of the order:
   * a new one, or that of a period that was past due.
   */
  renewSubscription(id: string, at?: string): Subscription;
  /** The payment of a period fails, and its order waits. Sends the webhooks of the order, `subscription.updated` and `subscription.past_due`. */
  failSubscription(id: string, at?: string): Subscription;
  /** past_due → unpaid: given up, without an end. Sends `subscription.updated`. */
  giveUpSubscription(id: string, at?: string): Subscription;
  /** Cancels at the end of the period. Sends `subscription.updated` and `subscription.canceled`. */
  cancelSubscription(id: string, reason?: CancellationReason, at?: string): Subscription;
  /** Undoes a cancellation. Sends `subscription.updated` and `subscription.uncanceled`. */
  uncancelSubscription(id: string, at?: string): Subscription;
  /** Ends it; an order that waits becomes void. Sends `subscription.updated` and `subscription.revoked`. */
  revokeSubscription(id: string, at?: string): Subscription;
  /** Pauses it. Sends `subscription.updated` and `subscription.paused`. */
  pauseSubscription(id: string, resumesAt?: string | null, at?: string): Subscription;
  /** Sends `subscription.updated` and `subscription.resumed`. */
  resumeSubscription(id: string, at?: string): Subscription;
  /** Another product, or number of seats or units, from the next period on. Sends `subscription.updated`. */
  scheduleChange(id: string, change: SubscriptionChange, at?: string): Subscription;
  /** The same at once. Sends `subscription.updated`. */
  changeSubscription(id: string, change: SubscriptionChange, at?: string): Subscription;
  /** Usage, which counts for the customer as well. Polar: moves the date of the meter alone, and sends `subscription.updated`. */
  useMeter(id: string, units: number, at?: string): Subscription;
  /** Taken over from another provider. Sends `subscription.migrated`, with keys beside the record. */
  migrateSubscription(id: string, at?: string): Subscription;
  /** The job that ends periods, pauses, trials and dunning that are over at an instant; returns the ids of what it changed. */
  runSubscriptionJob(at?: string): string[];
  /** A soft delete by a hand in the database: Polar deletes no subscriptions. Sends nothing. */
  deleteSubscription(id: string, at?: string): Subscription;
  /** Undoes {@link deleteSubscription}. */
  restoreSubscription(id: string, at?: string): Subscription;
}

/** The one way to change subscriptions. */
interface SubscriptionWriter {
  get: (id: string) => Subscription;
  /** Stores a state, and sends these webhooks of it. */
  put: (subscription: Subscription, ...events: string[]) => Subscription;
  now: () => string;
}

/** Parts that edits of subscriptions need: the bills and usage that they change, and a customer for a new subscription. */
interface SubscriptionParts {
  bills: Billing;
  /** Counts usage for the customer as well. */
  useCustomerMeter: (usage: { customer_id: string; meter_id: string; units: number; at: string }) => void;
  anyCustomer: (since: string) => Customer;
}

/** The edits of the subscriptions. */
export function subscriptionEdits(
  state: State,
  subscriptions: () => Table<Subscription>,
  { bills, useCustomerMeter, anyCustomer }: SubscriptionParts,
): SubscriptionEdits {
  const writer: SubscriptionWriter = {
    get: (id) => subscriptions().get(id),
    now: () => state.clock.now(),
    put: (subscription, ...events) => {
      subscriptions().put(subscription);
      for (const event of events) state.events.emit(`subscription.${event}`, subscription.id);
      return subscription;
    },
  };
  const { get, put, now } = writer;
  const edits = { ...periodEdits(state, writer, bills), ...changeEdits(state, writer, useCustomerMeter) };
  return {
    ...edits,
    createSubscription: (fields = {}) => {
      const { created_at = now(), product_id = recurringProduct(state) } = fields;
      const customer_id = fields.customer_id ?? anyCustomer(created_at).id;
      const drawn = { id: randomUuid(state.chance), created_at, product_id };
      const subscription = newSubscription(state, state.chance, { ...drawn, ...fields, customer_id });
      return put(subscription, 'created', ...(subscription.status === 'incomplete' ? [] : ['active']));
    },
    deleteSubscription: (id, at = now()) => put({ ...get(id), deleted_at: at, modified_at: at }),
    restoreSubscription: (id, at = now()) => put({ ...get(id), deleted_at: null, modified_at: at }),
    runSubscriptionJob: (at = now()) => {
      const due = subscriptions()
        .served()
        .filter((subscription) => isOver(subscription, micros(at)));
      for (const subscription of due) takeTurn(edits, subscription, at);
      return due.map(({ id }) => id);
    },
  };
}

function recurringProduct(state: State): string {
  const product = onSale(state).find(({ recurring_interval }) => recurring_interval !== null);
  if (!product) throw new RangeError('no recurring product is on sale');
  return product.id;
}

type PeriodEdits = Pick<
  SubscriptionEdits,
  | 'activateSubscription'
  | 'renewSubscription'
  | 'failSubscription'
  | 'giveUpSubscription'
  | 'revokeSubscription'
  | 'pauseSubscription'
  | 'resumeSubscription'
>;

/** Returns the edits that follow from the passage of time. */
function periodEdits(state: State, { get, put, now }: SubscriptionWriter, bills: Billing): PeriodEdits {
  return {
    activateSubscription: (id, at = now()) =>
      put({ ...get(id), status: 'active', started_at: at, modified_at: at }, 'updated', 'active'),
    renewSubscription: (id, at = now()) => {
      const subscription = put(renewed(state, get(id), at), 'updated', 'cycled');
      bills.charge(subscription, at);
      return subscription;
    },
    failSubscription: (id, at = now()) => {
      bills.fail(get(id), at);
      return put(pastDue(get(id), at), 'updated', 'past_due');
    },
    giveUpSubscription: (id, at = now()) => put({ ...get(id), status: 'unpaid', modified_at: at }, 'updated'),
    revokeSubscription: (id, at = now()) => {
      bills.giveUp(get(id), at);
      return put(ended(get(id), at), 'updated', 'revoked');
    },
    pauseSubscription: (id, resumesAt = null, at = now()) => put(paused(get(id), at, resumesAt), 'updated', 'paused'),
    resumeSubscription: (id, at = now()) => put(resumed(get(id), at), 'updated', 'resumed'),
  };
}

type ChangeEdits = Pick<
  SubscriptionEdits,
  | 'updateSubscription'
  | 'cancelSubscription'
  | 'uncancelSubscription'
  | 'scheduleChange'
  | 'changeSubscription'
  | 'useMeter'
  | 'migrateSubscription'
>;

/** Returns the edits that customers, merchants and usage cause. */
function changeEdits(
  state: State,
  { get, put, now }: SubscriptionWriter,
  useCustomerMeter: SubscriptionParts['useCustomerMeter'],
): ChangeEdits {
  return {
    updateSubscription: (id, changes, at = now()) => put({ ...get(id), ...changes, modified_at: at }, 'updated'),
    cancelSubscription: (id, reason, at = now()) => put(canceled(get(id), at, reason), 'updated', 'canceled'),
    uncancelSubscription: (id, at = now()) => put(uncanceled(get(id), at), 'updated', 'uncanceled'),
    scheduleChange: (id, change, at = now()) => {
      const { current_period_end: applies_at } = get(id);
      const asked = { id: randomUuid(state.chance), created_at: at, modified_at: null, applies_at };
      const pending_update = { ...asked, product_id: null, seats: null, units: null, ...change };
      return put({ ...get(id), pending_update, modified_at: at }, 'updated');
    },
    changeSubscription: (id, { product_id, seats, units }, at = now()) => {
      const before = get(id);
      const counted = { ...before, seats: seats ?? before.seats, units: units ?? before.units };
      const moved = product_id ? moveTo(state, counted, product_id) : counted;
      return put({ ...moved, amount: amountFor(state, moved), modified_at: at }, 'updated');
    },
    useMeter: (id, units, at = now()) => {
      const [first, ...others] = get(id).meters;
      if (!first) throw new RangeError(`subscription ${id} has no meter`);
      const consumed_units = first.consumed_units + units;
      useCustomerMeter({ customer_id: get(id).customer_id, meter_id: first.meter_id, units, at });
      return put({ ...get(id), meters: [{ ...first, consumed_units, modified_at: at }, ...others] }, 'updated');
    },
    migrateSubscription: (id, at = now()) => put({ ...get(id), modified_at: at }, 'migrated'),
  };
}

/** True if a period, a pause or a dunning is over. */
function isOver(subscription: Subscription, at: number): boolean {
  if (!isLiving(subscription) || subscription.started_at === null) return false;
  const { status, resumes_at, past_due_at, current_period_end } = subscription;
  if (status === 'paused') return resumes_at !== null && micros(resumes_at) <= at;
  if (status === 'past_due') return past_due_at !== null && micros(later(past_due_at, DUNNING_DAYS * DAY)) <= at;
  return status !== 'unpaid' && micros(current_period_end) <= at;
}

function takeTurn(edits: PeriodEdits, { id, status, ...subscription }: Subscription, at: string): void {
  if (status === 'paused') edits.resumeSubscription(id, at);
  else if (status === 'past_due' || subscription.cancel_at_period_end) edits.revokeSubscription(id, at);
  else if (subscription.pause_at_period_end) edits.pauseSubscription(id, null, at);
  else edits.renewSubscription(id, at);
}
