import { DAY, formatInstant, micros } from '../../instants.ts';
import type { BillingInterval } from '../catalog/records.ts';

/** Returns an instant so many intervals later; of a month that is too short, its last day. */
export function afterInterval(at: string, interval: BillingInterval, count: number): string {
  if (interval === 'day') return formatInstant(micros(at) + count * DAY);
  if (interval === 'week') return formatInstant(micros(at) + 7 * count * DAY);
  const date = new Date(Math.floor(micros(at) / 1000));
  const months = interval === 'year' ? 12 * count : count;
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), length);
  return formatInstant(first * 1000 + (day - 1) * DAY + (micros(at) % DAY));
}
