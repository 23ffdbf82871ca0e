import { wasPaid } from '../orders/record.ts';
import { ok, unprocessable } from '../responses.ts';
import type { State } from '../state.ts';
import type { Streams } from '../streams/index.ts';
import type { ApiResponse } from '../../api.ts';
import { measureCheckouts } from './checkouts.ts';
import { frameOf } from './frame.ts';
import { measureOrders } from './orders.ts';
import { metricsParameters, type MetricsParameters } from './parameters.ts';
import { measureSubscriptions } from './subscriptions.ts';
import { part, total, type Figures, type MeasuredRecords } from './truth.ts';

/** The scope of metrics. Polar (metrics/auth.py): writing does not imply reading. */
export const METRICS_SCOPE = 'metrics:read';

/** Rule for the total of a metric: the sum of its periods, the last one, or one total divided by another. */
type TotalOf = 'sum' | 'last' | readonly [above: string, below: string];

const METRICS: Readonly<Record<string, readonly [name: string, type: string, total: TotalOf]>> = {
  orders: ['Orders', 'scalar', 'sum'],
  revenue: ['Revenue', 'currency', 'sum'],
  net_revenue: ['Net Revenue', 'currency', 'sum'],
  average_order_value: ['Average Order Value', 'currency', ['revenue', 'orders']],
  one_time_products: ['One-Time Products', 'scalar', 'sum'],
  new_subscriptions: ['New Subscriptions', 'scalar', 'sum'],
  renewed_subscriptions: ['Renewed Subscriptions', 'scalar', 'sum'],
  active_subscriptions: ['Active Subscriptions', 'scalar', 'last'],
  committed_subscriptions: ['Committed Subscriptions', 'scalar', 'last'],
  monthly_recurring_revenue: ['Monthly Recurring Revenue', 'currency', 'last'],
  average_revenue_per_user: ['Average Revenue Per User', 'currency', 'last'],
  churned_subscriptions: ['Churned Subscriptions', 'scalar', 'sum'],
  canceled_subscriptions: ['Canceled Subscriptions', 'scalar', 'sum'],
  checkouts: ['Checkouts', 'scalar', 'sum'],
  succeeded_checkouts: ['Succeeded Checkouts', 'scalar', 'sum'],
  checkouts_conversion: ['Checkouts Conversion Rate', 'percentage', ['succeeded_checkouts', 'checkouts']],
};

/** Polar's own metrics (GET /v1/metrics): periods, totals, and a description of each. Keys of metrics that were not asked for are absent. */
export function metricsResponse(state: State, streams: Streams, query: URLSearchParams): ApiResponse {
  const wanted = metricsParameters(query);
  if ('problems' in wanted) return unprocessable('RequestValidationError', wanted.problems);
  const frame = frameOf(wanted);
  const records = recordsOf(state, streams, wanted);
  const measures = [measureOrders, measureSubscriptions, measureCheckouts].map((measure) => measure(records, frame));
  const figures = frame.periods.map(({ key }): Figures => Object.assign({}, ...measures.map((of) => of(key))));
  const slugs = Object.keys(METRICS).filter((slug) => wanted.slugs.length === 0 || wanted.slugs.includes(slug));
  const shown = (valueOf: (slug: string) => unknown) => Object.fromEntries(slugs.map((slug) => [slug, valueOf(slug)]));
  const body = {
    periods: frame.periods.map(({ timestamp }, at) => ({ timestamp, ...shown((slug) => figures[at]?.[slug]) })),
    totals: shown((slug) => totalIn(figures, slug)),
    metrics: shown((slug) => ({ slug, display_name: METRICS[slug]?.[0], type: METRICS[slug]?.[1] })),
  };
  return ok(Buffer.from(JSON.stringify(body)));
}

function totalIn(figures: readonly Figures[], slug: string): number {
  const sum = (of: string) => total(figures, (one) => one[of] ?? 0);
  const how = METRICS[slug]?.[2] ?? 'sum';
  if (how === 'sum') return sum(slug);
  return how === 'last' ? (figures.at(-1)?.[slug] ?? 0) : part(sum(how[0]), sum(how[1]));
}

/** The records of the organization, products and customers that a request names. */
function recordsOf({ products, organizationId }: State, streams: Streams, wanted: MetricsParameters): MeasuredRecords {
  const { organizationIds, productIds, customerIds, billingTypes } = wanted;
  const isListed = (list: readonly string[], one: string | null) => list.length === 0 || list.includes(one ?? '');
  const isMine = isListed(organizationIds, organizationId);
  const isProduct = (id: string | null) => {
    const type = products.get(id ?? '')?.is_recurring ? 'recurring' : 'one_time';
    return isListed(productIds, id) && isListed(billingTypes, type);
  };
  const isCounted = ({ product_id, customer_id }: { product_id: string | null; customer_id: string | null }) =>
    isMine && isProduct(product_id) && isListed(customerIds, customer_id);
  const alive = <T extends { deleted_at: string | null }>(all: ReadonlyMap<string, T>) =>
    [...all.values()].filter(({ deleted_at }) => deleted_at === null);
  const refunds = alive(streams.refunds.records).filter(({ status }) => status === 'succeeded');
  return {
    orders: alive(streams.orders.records).filter((order) => wasPaid(order) && isCounted(order)),
    refundsOf: Map.groupBy(refunds, ({ order_id }) => order_id),
    subscriptions: alive(streams.subscriptions.records).filter(isCounted),
    // Polar: any product that the session offers, not the one chosen.
    checkouts: [...streams.checkouts.records.values()].filter(
      ({ product_ids, customer_id }) => isMine && product_ids.some(isProduct) && isListed(customerIds, customer_id),
    ),
  };
}
