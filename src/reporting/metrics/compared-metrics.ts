/** Rule for the value of all days: the sum, the last value, or one total divided by another. */
export type TotalRule = 'sum' | 'last' | { of: string; per: string };

/** A metric of Polar's that our tables have as well. */
export interface ComparedMetric {
  name: string;
  /** The streams that it is computed from. */
  streams: readonly string[];
  total: TotalRule;
  unit: 'count' | 'cents' | 'ratio';
  /** True if it includes amounts of other currencies, which Polar converts. */
  isConverted: boolean;
  /** Reason why it may differ although all records are stored; null if it must be equal. */
  differs: string | null;
}

const [FROM_ORDERS, FROM_SUBSCRIPTIONS] = [['polar.orders'], ['polar.subscriptions']] as const;
const BOTH = [...FROM_ORDERS, ...FROM_SUBSCRIPTIONS];
const FROM_CHECKOUTS = ['polar.checkouts'];

const OPENINGS =
  'Polar counts sessions when their page is opened, which the API does not show: here it is the first change that was seen, or else the creation';
const RECURRING =
  'Polar takes amounts without included tax, converted at the average rate of the period; here they are those of the subscriptions, and unknown where one is in another currency';

const counted = { total: 'sum', unit: 'count', isConverted: false, differs: null } as const;
const atTheEnd = { ...counted, total: 'last' } as const;
const recurring = { total: 'last', unit: 'cents', isConverted: false, differs: RECURRING } as const;
const asAmount = { total: 'sum', unit: 'cents', isConverted: true, differs: null } as const;

/** Metrics that `verify --metrics` compares, in the order in which it shows them. */
export const COMPARED_METRICS: readonly ComparedMetric[] = [
  { name: 'orders', streams: FROM_ORDERS, ...counted },
  { name: 'revenue', streams: FROM_ORDERS, ...asAmount },
  {
    name: 'net_revenue',
    streams: FROM_ORDERS,
    ...asAmount,
    differs:
      'Polar takes fees, refunds and disputes from its ledger, where refunds are converted twice; here they are those of the orders, without disputes',
  },
  { name: 'average_order_value', streams: FROM_ORDERS, ...asAmount, total: { of: 'revenue', per: 'orders' } },
  { name: 'one_time_products', streams: FROM_ORDERS, ...counted },
  {
    name: 'new_subscriptions',
    streams: FROM_SUBSCRIPTIONS,
    ...counted,
    differs: 'Polar also counts subscriptions that have not begun, which the API does not list',
  },
  { name: 'renewed_subscriptions', streams: BOTH, ...counted },
  { name: 'active_subscriptions', streams: FROM_SUBSCRIPTIONS, ...atTheEnd },
  { name: 'committed_subscriptions', streams: FROM_SUBSCRIPTIONS, ...atTheEnd },
  { name: 'monthly_recurring_revenue', streams: FROM_SUBSCRIPTIONS, ...recurring },
  { name: 'average_revenue_per_user', streams: FROM_SUBSCRIPTIONS, ...recurring },
  { name: 'churned_subscriptions', streams: FROM_SUBSCRIPTIONS, ...counted },
  { name: 'canceled_subscriptions', streams: FROM_SUBSCRIPTIONS, ...counted },
  { name: 'checkouts', streams: FROM_CHECKOUTS, ...counted, differs: OPENINGS },
  { name: 'succeeded_checkouts', streams: FROM_CHECKOUTS, ...counted, differs: OPENINGS },
  {
    name: 'checkouts_conversion',
    streams: FROM_CHECKOUTS,
    total: { of: 'succeeded_checkouts', per: 'checkouts' },
    unit: 'ratio',
    isConverted: false,
    differs: OPENINGS,
  },
];
