import type { Pool } from 'pg';
import type { Lookback } from '../extract/walk.ts';
import { lastWalks } from '../ledger/runs.ts';
import { microseconds } from '../model/instant.ts';
import { refOf, type Stream } from '../model/stream.ts';

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

/** How far back incremental walks read, and how long one that reads so far suffices. */
interface LookbackTier {
  lookbackMs: number;
  everyMs: number;
}

/**
 * The tiers of incremental walks, the furthest look-back first: new records change most, so that few pages each minute find
 * nearly all. A stream's own look-back limits all of them. A checkout session is settled after a day and the quarter of an
 * hour of Polar's expiry job.
 */
export const LOOKBACK_TIERS: readonly LookbackTier[] = [
  { lookbackMs: Infinity, everyMs: 4 * HOUR_MS },
  { lookbackMs: 25 * HOUR_MS, everyMs: 15 * MINUTE_MS },
  { lookbackMs: 2 * HOUR_MS, everyMs: 0 },
];

/** The whole look-back is made each time where the last one had so few pages. */
export const FEW_PAGES = 5;

/** Walks that are due each minute do not begin to the second. */
const EARLY_MS = 30_000;

/**
 * Returns how far the next incremental walk of a list must read: as far as the furthest tier whose last complete walk is too
 * long ago, back to its look-back before that walk began. So each change of a record is read by the next walk of a tier that
 * reaches it, however many walks failed or were not made in between.
 */
export async function dueLookback(pool: Pool, stream: Stream, list: string): Promise<Lookback> {
  const wholeMs = stream.incremental?.lookbackMs ?? 0;
  const tiers = LOOKBACK_TIERS.map(({ lookbackMs, everyMs }) => ({
    lookbackMs: Math.min(lookbackMs, wholeMs),
    everyMs,
  }));
  const walks = await lastWalks(pool, refOf(stream), { list, lookbacks: tiers.map(({ lookbackMs }) => lookbackMs) });
  const isDue = ({ everyMs }: LookbackTier, at: number) => {
    const { ageMs, pages } = walks[at] ?? { ageMs: null, pages: null };
    return ageMs === null || ageMs >= everyMs - EARLY_MS || (at === 0 && (pages ?? 0) <= FEW_PAGES);
  };
  const found = tiers.findIndex(isDue);
  const due = found < 0 ? tiers.length - 1 : found;
  const lookbackMs = tiers[due]?.lookbackMs ?? wholeMs;
  const before = microseconds(walks[due]?.startedAt) ?? 0;
  return { ms: lookbackMs, isWhole: lookbackMs === wholeMs, horizon: before - lookbackMs * 1000 };
}

/** When the last walk started that would have read a change of any record that incremental walks follow, by the source's clock. */
export async function lastWholeWalk(pool: Pool, stream: Stream, list: string): Promise<string | undefined> {
  const [walk] = await lastWalks(pool, refOf(stream), { list, lookbacks: [stream.incremental?.lookbackMs ?? 0] });
  return walk?.startedAt ?? undefined;
}
