import { idProblem, type Problem } from '../parameters.ts';
import { INTERVALS, type MetricsRequest } from './frame.ts';

/** A request for metrics, with what narrows it down. */
export interface MetricsParameters extends MetricsRequest {
  organizationIds: string[];
  productIds: string[];
  customerIds: string[];
  /** Of products; empty for all. */
  billingTypes: string[];
  /** Empty for all. */
  slugs: string[];
}

/** Polar (kit/time_queries.py:50): the most days of a request, by its interval. */
const MOST_DAYS: Readonly<Record<MetricsRequest['interval'], number>> = {
  hour: 7,
  day: 366,
  week: 53 * 7,
  month: 4 * 366,
  year: 10 * 366,
};

const EARLIEST = '2023-01-01';

/** Reads a request for metrics, or returns all that is wrong with it. */
export function metricsParameters(query: URLSearchParams): MetricsParameters | { problems: Problem[] } {
  const [start, end] = [dateIn(query, 'start_date'), dateIn(query, 'end_date')];
  const [interval, timezone] = [intervalIn(query), timezoneIn(query)];
  const ids = ['organization_id', 'product_id', 'customer_id'];
  const problems = [
    ...[start, end, interval, timezone].flatMap(({ problem }) => problem ?? []),
    ...ids.flatMap((name) => query.getAll(name).flatMap((id) => idProblem(['query', name], id) ?? [])),
  ];
  if (problems.length > 0 || !interval.value) return { problems };
  const asked = { start: start.value, end: end.value, interval: interval.value, timezone: timezone.value };
  const outOfRange = rangeProblem(asked);
  if (outOfRange) return { problems: [outOfRange] };
  return {
    ...asked,
    organizationIds: query.getAll('organization_id'),
    productIds: query.getAll('product_id'),
    customerIds: query.getAll('customer_id'),
    billingTypes: query.getAll('billing_type'),
    slugs: query.getAll('metrics'),
  };
}

/** A parameter, or what is wrong with it. */
interface Parsed<T> {
  value: T;
  problem?: Problem;
}

const missing = (name: string): Problem => ({
  type: 'missing',
  loc: ['query', name],
  msg: 'Field required',
  input: null,
});

function dateIn(query: URLSearchParams, name: string): Parsed<string> {
  const input = query.get(name);
  if (input === null) return { value: '', problem: missing(name) };
  if (/^\d{4}-\d\d-\d\d$/.test(input) && !Number.isNaN(Date.parse(input))) return { value: input };
  const msg = 'Input should be a valid date or datetime';
  return { value: '', problem: { type: 'date_from_datetime_parsing', loc: ['query', name], msg, input } };
}

function intervalIn(query: URLSearchParams): Parsed<MetricsRequest['interval'] | undefined> {
  const input = query.get('interval');
  if (input === null) return { value: undefined, problem: missing('interval') };
  const value = INTERVALS.find((one) => one === input);
  const msg = `Input should be ${INTERVALS.map((one) => `'${one}'`).join(', ')}`;
  return value ? { value } : { value, problem: { type: 'enum', loc: ['query', 'interval'], msg, input } };
}

function timezoneIn(query: URLSearchParams): Parsed<string> {
  const value = query.get('timezone') ?? 'UTC';
  try {
    return { value: new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone };
  } catch {
    const loc = ['query', 'timezone'];
    return { value, problem: { type: 'timezone_name', loc, msg: 'Input should be a valid timezone', input: value } };
  }
}

function rangeProblem({ start, end, interval }: MetricsRequest): Problem | undefined {
  const days = (Date.parse(end) - Date.parse(start)) / 86_400_000;
  const problem = (msg: string, input: string): Problem => ({ type: 'value_error', loc: ['query'], msg, input });
  if (start < EARLIEST) return problem(`The start date must be after ${EARLIEST}.`, start);
  if (days < 0) return problem('The end date must be after the start date.', end);
  if (days > MOST_DAYS[interval]) return problem('The interval is too big. Try to change it or the dates.', end);
  return undefined;
}
