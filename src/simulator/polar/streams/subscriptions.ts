import { micros } from '../../instants.ts';
import type { Random } from '../../random.ts';
import { lazyMap } from '../../records.ts';
import type { Step } from '../../traffic.ts';
import { renameProduct } from '../catalog/products.ts';
import { outcomeId } from '../checkouts/outcome.ts';
import { onPaid } from '../checkouts/paid.ts';
import { anyCustomer, type CustomerEdits } from '../customers/edits.ts';
import type { Customer } from '../customers/record.ts';
import type { ListDescription } from '../list.ts';
import type { State } from '../state.ts';
import { polarStream, type PolarStream } from '../stream.ts';
import { subscriptionEdits, type SubscriptionEdits } from '../subscriptions/edits.ts';
import { isLiving, type Subscription } from '../subscriptions/record.ts';
import type { Billing } from '../subscriptions/billing.ts';
import { isSubscribing } from '../subscriptions/new-subscription.ts';
import { subscriptionJson } from '../subscriptions/wire.ts';
import { usageCounter, type CustomerMeter } from '../usage/customer-meters.ts';
import type { Table } from '../table.ts';

/** The tables of subscriptions and customers, drawn up when they are first asked for. */
interface SubscriptionTables {
  subscriptions: () => Table<Subscription>;
  customers: () => Table<Customer>;
  bills: Billing;
  usage: () => Table<CustomerMeter>;
}

const EVENTS = [
  'created',
  'updated',
  'active',
  'cycled',
  'past_due',
  'canceled',
  'uncanceled',
  'revoked',
  'paused',
  'resumed',
  'migrated',
];

const STATUSES = ['incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'canceled', 'unpaid', 'paused'];

/** The subscriptions: those of the sessions that succeeded, and those that the merchant's code makes. */
export function subscriptionStream(
  state: State,
  { subscriptions, customers: table, bills, usage }: SubscriptionTables,
  customers: PolarStream<Customer, CustomerEdits>,
) {
  const edits = subscriptionEdits(state, subscriptions, {
    bills,
    useCustomerMeter: usageCounter(state, usage),
    anyCustomer: (created_at) => anyCustomer(state, table(), created_at),
  });
  const json = (id: string) => {
    const subscription = subscriptions().get(id);
    return subscriptionJson(state, subscription, customers.json(subscription.customer_id));
  };
  tellOfSubscribing(state);
  return polarStream<Subscription, Subscription, SubscriptionEdits>(state, {
    paths: ['/v1/subscriptions'],
    scopes: ['subscriptions:read', 'subscriptions:write'],
    isOptional: true,
    records: lazyMap(() => subscriptions().records),
    isServed: (id) => subscriptions().isServed(id),
    json,
    list: subscriptionList(subscriptions),
    webhooks: Object.fromEntries(EVENTS.map((event) => [`subscription.${event}`, json])),
    edits,
    driver: {
      create: (created_at) => edits.createSubscription(created_at === undefined ? {} : { created_at }).id,
      edit: (id) => void edits.updateSubscription(id, { metadata: { edited: state.clock.now() } }),
      editNested: (id) => renameProduct(state, subscriptions().get(id).product_id),
      remove: (id) => void edits.deleteSubscription(id),
      restore: (id) => void edits.restoreSubscription(id),
    },
    traffic: () => subscriptionTraffic(subscriptions, edits),
  });
}

const subscriptionList = (subscriptions: () => Table<Subscription>): ListDescription<Subscription> => ({
  // Polar (subscription/service.py:451): hidden until they start.
  rows: () =>
    subscriptions()
      .served()
      .filter(({ started_at }) => started_at !== null),
  idOf: ({ id }) => id,
  filters: {
    status: { type: STATUSES, valueOf: ({ status }) => status },
    product_id: { type: 'uuid', valueOf: ({ product_id }) => product_id },
    customer_id: { type: 'uuid', valueOf: ({ customer_id }) => customer_id },
    discount_id: { type: 'uuid', valueOf: ({ discount_id }) => discount_id },
  },
  criteria: {
    started_at: ({ started_at }) => instantOf(started_at),
    status: ({ status }) => status,
    current_period_end: ({ current_period_end }) => micros(current_period_end),
    ended_at: ({ ended_at }) => instantOf(ended_at),
    ends_at: ({ ends_at }) => instantOf(ends_at),
    amount: ({ amount }) => amount,
  },
  defaultSorting: '-started_at',
});

/** Sends the webhooks of the subscriptions that sessions become; they are drawn up when somebody reads one. */
function tellOfSubscribing(state: State): void {
  onPaid(state, ({ row }) => {
    if (!isSubscribing(state, row)) return;
    const id = outcomeId(state.seed, 'subscription', row.id);
    for (const type of ['subscription.created', 'subscription.active']) state.events.emit(type, id);
  });
}

const instantOf = (text: string | null) => (text === null ? null : micros(text));

/** Cancellations and their undoing, changes, failed payments, pauses, usage, and what is due. */
function subscriptionTraffic(subscriptions: () => Table<Subscription>, edits: SubscriptionEdits): Step[] {
  const one = (chance: Random, wanted: (subscription: Subscription) => boolean, edit: (id: string) => unknown) => {
    const found = subscriptions()
      .served()
      .filter((each) => isLiving(each) && wanted(each));
    if (found.length > 0) edit(chance.pick(found).id);
  };
  const isActive = ({ status, cancel_at_period_end }: Subscription) => status === 'active' && !cancel_at_period_end;
  const isIn = (wanted: Subscription['status']) => (subscription: Subscription) => subscription.status === wanted;
  return [
    [
      4,
      (chance) =>
        one(
          chance,
          ({ meters }) => meters.length > 0,
          (id) => edits.useMeter(id, chance.integer(1, 4000) / 8),
        ),
    ],
    [2, (chance) => one(chance, isActive, (id) => edits.renewSubscription(id))],
    [1, (chance) => one(chance, isActive, (id) => edits.cancelSubscription(id, 'unused'))],
    [
      1,
      (chance) =>
        one(
          chance,
          (each) => each.cancel_at_period_end,
          (id) => edits.uncancelSubscription(id),
        ),
    ],
    [1, (chance) => one(chance, isActive, (id) => edits.failSubscription(id))],
    [1, (chance) => one(chance, isIn('past_due'), (id) => edits.renewSubscription(id))],
    [1, (chance) => one(chance, isActive, (id) => edits.pauseSubscription(id))],
    [1, (chance) => one(chance, isIn('paused'), (id) => edits.resumeSubscription(id))],
    [
      1,
      (chance) =>
        one(
          chance,
          ({ seats }) => seats !== null,
          (id) => edits.scheduleChange(id, { seats: chance.integer(2, 30) }),
        ),
    ],
    [1, () => void edits.runSubscriptionJob()],
  ];
}
