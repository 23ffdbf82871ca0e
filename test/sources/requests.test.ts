import { expect, test } from 'vitest';
import { findStreams } from '../../scripts/streams.ts';
import { dueAfter, parseSchedule } from '../../src/model/schedule.ts';
import type { Mode, Stream } from '../../src/model/stream.ts';
import { FEW_PAGES, LOOKBACK_TIERS } from '../../src/sync/look-back.ts';

const [PAGE, MINUTES, MINUTE_MS, DAY_MS] = [100, 1440, 60_000, 86_400_000];

/** A large merchant: how many records each stream has after a year; others have a thousand. */
const SIZES: Readonly<Record<string, number>> = {
  'polar.checkouts': 500_000,
  'polar.orders': 200_000,
  'polar.payments': 240_000,
  'polar.events': 600_000,
  'polar.benefit_grants': 45_000,
  'polar.customers': 20_000,
  'polar.customer_meters': 20_000,
  'polar.subscriptions': 15_000,
  'polar.refunds': 10_000,
};

/** Of a hundred records, those that filters find because they may still change. */
const UNSETTLED = 2;

const sizeOf = ({ name }: Stream) => SIZES[name] ?? 1000;
const pagesOf = (records: number) => Math.max(1, Math.ceil(records / PAGE));

/** The minutes of a day in which a walk is due. */
function dueMinutes({ schedules }: Stream, mode: Mode): number[] {
  const schedule = parseSchedule(schedules[mode] ?? '');
  if (!schedule) return [];
  const [start, minutes] = [Date.UTC(2026, 10, 2), [] as number[]];
  const next = (at: number) => ('everyMs' in schedule ? at + schedule.everyMs : dueAfter(schedule.pattern, at));
  for (let at = next(start - 1); at < start + DAY_MS; at = next(at)) minutes.push(Math.floor((at - start) / MINUTE_MS));
  return minutes;
}

/** Pages of the records that a walk reads which looks back from the last one of its tier. */
const newestPages = (stream: Stream, spanMs: number) => pagesOf((sizeOf(stream) / 365) * (spanMs / DAY_MS));

/** Requests of the incremental walks of a day. */
function incrementalRequests(stream: Stream): number {
  const { incremental } = stream;
  if (!incremental) return 0;
  const last = LOOKBACK_TIERS.map(() => -Infinity);
  const sweep = incremental.unsettled ? pagesOf((sizeOf(stream) * UNSETTLED) / 100) : 0;
  const whole = newestPages(stream, incremental.lookbackMs) + sweep;
  let requests = 0;
  for (const minute of dueMinutes(stream, 'incremental')) {
    const isDue = ({ everyMs }: { everyMs: number }, tier: number) =>
      (minute - (last[tier] ?? 0)) * MINUTE_MS >= everyMs || (tier === 0 && whole <= FEW_PAGES);
    const tier = LOOKBACK_TIERS.findIndex(isDue);
    for (let nearer = tier; nearer < last.length; nearer++) last[nearer] = minute;
    const lookbackMs = LOOKBACK_TIERS[tier]?.lookbackMs ?? 0;
    requests += tier === 0 ? whole : newestPages(stream, Math.min(lookbackMs, incremental.lookbackMs));
  }
  return requests;
}

const fullRequests = (stream: Stream) => dueMinutes(stream, 'full').length * (pagesOf(sizeOf(stream)) + 1);

const polar = findStreams().filter(({ name }) => name.startsWith('polar.') && name !== 'polar.checkouts');

test('a minute of an idle merchant costs less than 40 requests, over a day with all full walks of all streams but the sessions', () => {
  const requests = polar.map((stream) => incrementalRequests(stream) + fullRequests(stream));
  expect(polar.length).toBeGreaterThan(10);
  expect(requests.reduce((all, one) => all + one, 0) / MINUTES).toBeLessThan(40);
});
