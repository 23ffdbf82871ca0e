import type { Pool } from 'pg';
import type { Lookback } from '../extract/walk.ts';
import { lastWalks } from '../ledger/runs.ts';
import { microseconds } from '../model/instant.ts';
import { refOf, type Stream } from '../model/stream.ts';

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

/** A look-back of incremental walks, and the time for which such a walk suffices. */
interface LookbackTier {
  lookbackMs: number;
  everyMs: number;
}

/**
 * Tiers of incremental walks, the furthest look-back first: new records change most, so few pages each minute find nearly all
 * changes. A stream's own look-back limits all of them. A checkout session is settled after a day and the quarter of an hour of
 * Polar's expiry job.
 */
export const LOOKBACK_TIERS: readonly LookbackTier[] = [
  { lookbackMs: Infinity, everyMs: 4 * HOUR_MS },
  { lookbackMs: 25 * HOUR_MS, everyMs: 15 * MINUTE_MS },
  { lookbackMs: 2 * HOUR_MS, everyMs: 0 },
];

/** Number of pages up to which the whole look-back is made each time. */
export const FEW_PAGES = 5;

/** Walks that are due each minute do not begin to the second. */
const EARLY_MS = 30_000;

/**
 * Returns the look-back that the next incremental walk of a list needs: that of the furthest tier whose last complete walk is
 * too long ago, counted from when that walk began. The next walk of a tier that reaches a record thus reads each change of it,
 * however many walks in between failed or were not made.
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

/** Returns the start of the last walk that read every record which incremental walks follow, by the source's clock. */
export async function lastWholeWalk(pool: Pool, stream: Stream, list: string): Promise<string | undefined> {
  const [walk] = await lastWalks(pool, refOf(stream), { list, lookbacks: [stream.incremental?.lookbackMs ?? 0] });
  return walk?.startedAt ?? undefined;
}
