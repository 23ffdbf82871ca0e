import { isObject, type JsonObject } from '../../model/json.ts';
import type { MetricValues, SourceMetrics } from '../../model/source-metrics.ts';
import type { PolarConfig } from './settings.ts';

/** Polar's metrics (GET /v1/metrics) of everything that the token can read, or of the organization in the settings. */
export const polarMetrics = ({ organizationId }: Pick<PolarConfig, 'organizationId'>): SourceMetrics => ({
  path: ({ start, end, timezone }, metrics) => {
    const query = new URLSearchParams({ start_date: start, end_date: end, timezone, interval: 'day' });
    if (organizationId !== undefined) query.append('organization_id', organizationId);
    for (const metric of metrics) query.append('metrics', metric);
    return `/v1/metrics/?${query.toString()}`;
  },
  parse: (body, timezone) => {
    if (!isObject(body) || !Array.isArray(body.periods) || !isObject(body.totals)) return undefined;
    const dayOf = dayNamer(timezone);
    const days = new Map<string, MetricValues>();
    for (const period of body.periods) {
      const day = isObject(period) && dayOf(period.timestamp);
      if (!day) return undefined;
      days.set(day, numbersOf(period));
    }
    return { days, totals: numbersOf(body.totals) };
  },
});

/** Returns a function that names the day an instant begins in a time zone; it returns undefined for anything but an instant. */
function dayNamer(timeZone: string): (timestamp: unknown) => string | undefined {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, ...parts });
  return (timestamp) => {
    const ms = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
    return Number.isNaN(ms) ? undefined : format.format(ms);
  };
}

/** Returns the values that are numbers, including those with many digits. */
function numbersOf(period: JsonObject): MetricValues {
  const numbers = Object.entries(period).flatMap(([name, value]) => {
    if (typeof value === 'number') return [[name, value] as const];
    return JSON.isRawJSON(value) ? [[name, Number(value.rawJSON)] as const] : [];
  });
  return Object.fromEntries(numbers);
}
