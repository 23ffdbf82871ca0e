import { formatInstant } from '../../instants.ts';

/** The lengths of periods, the longest last. */
export const INTERVALS = ['hour', 'day', 'week', 'month', 'year'] as const;

/** Period and interval of a request for metrics. Dates are days of the time zone, both included. */
export interface MetricsRequest {
  start: string;
  end: string;
  timezone: string;
  interval: (typeof INTERVALS)[number];
}

/** One period. Keys are texts that sort by time. */
export interface MetricsPeriod {
  key: string;
  /** The instant when it begins. */
  timestamp: string;
}

/** The periods of a request. */
export interface Frame {
  periods: MetricsPeriod[];
  /** The key of the period that an instant falls in, also outside of the request's dates. */
  keyOf: (at: string) => string;
  /** True for an instant within the request's dates: the first period may begin before them. */
  isWithin: (at: string) => boolean;
}

/** Polar (service.py:243): the time zone of the request is that of the database session, so that days begin at its midnight. */
export function frameOf({ start, end, timezone, interval }: MetricsRequest): Frame {
  const local = localHours(timezone);
  const starts = hoursFrom(start, end, interval === 'hour' ? 1 : 24).map((hour) => periodStart(hour, interval));
  return {
    periods: [...new Set(starts)].map((key) => ({ key, timestamp: instantOfHour(key, local) })),
    keyOf: (at) => periodStart(local(Date.parse(at)), interval),
    isWithin: (at) => {
      const day = local(Date.parse(at)).slice(0, 10);
      return day >= start && day <= end;
    },
  };
}

const HOUR_MS = 3_600_000;

const isoHour = (ms: number) => new Date(ms).toISOString().slice(0, 13);

/** Returns the hour that clocks of a time zone show, such as 2026-11-01T23. */
function localHours(timeZone: string): (ms: number) => string {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, hourCycle: 'h23', ...parts });
  return (ms) => format.format(ms).replace(' ', 'T');
}

/** The hours from the start of a day to the end of another, each a number of hours after the last. */
function hoursFrom(start: string, end: string, step: number): string[] {
  const [from, to] = [Date.parse(start), Date.parse(end) + 24 * HOUR_MS];
  return Array.from({ length: (to - from) / HOUR_MS / step }, (_, turn) => isoHour(from + turn * step * HOUR_MS));
}

/** The first hour of the period that an hour is in; weeks begin on Monday. */
function periodStart(hour: string, interval: MetricsRequest['interval']): string {
  if (interval === 'hour') return hour;
  if (interval === 'year') return `${hour.slice(0, 4)}-01-01T00`;
  if (interval === 'month') return `${hour.slice(0, 7)}-01T00`;
  const midnight = Date.parse(hour.slice(0, 10));
  const weekday = (new Date(midnight).getUTCDay() + 6) % 7;
  return isoHour(midnight - (interval === 'week' ? weekday * 24 * HOUR_MS : 0));
}

/** The instant when clocks show the hour, or the first later one where they skip it. */
function instantOfHour(hour: string, local: (ms: number) => string): string {
  const asUtc = Date.parse(`${hour}:00:00Z`);
  const quarters = Array.from({ length: 28 * 4 }, (_, turn) => asUtc - 14 * HOUR_MS + (turn * HOUR_MS) / 4);
  return formatInstant((quarters.find((ms) => local(ms) >= hour) ?? asUtc) * 1000);
}
