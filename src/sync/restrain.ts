import type { Database } from '../database/database.ts';
import { readForgotten, type Forgotten } from '../ledger/forgotten.ts';
import { emptiedUntil, isCutoffStale, moveCutoff, noteEmptied } from '../ledger/retention.ts';
import { applyMasks, type MaskPlan } from '../load/apply-masks.ts';
import { changeMasks } from '../load/masks.ts';
import type { Logger } from '../model/log.ts';

/** The records of all sources, and the settings. */
export type RestraintPlan = Pick<MaskPlan, 'sources' | 'privacy'>;

/**
 * Empties stored values that the settings now exclude, and those of forgotten people that a killed `forget` left. Logs the
 * number of rows in each table.
 */
export async function restrain(
  { db: { pool }, log }: { db: Database; log: Logger },
  plan: RestraintPlan,
  signal: AbortSignal,
): Promise<void> {
  const forgotten = await presentMasks(pool, plan);
  const counts = await applyMasks(pool, { ...plan, forgotten, emptiedUntil: await emptiedUntil(pool) }, { signal });
  if (forgotten.cutoff !== null) await noteEmptied(pool, forgotten.cutoff);
  if (counts.size > 0) log.info({ rows: Object.fromEntries(counts) }, 'emptied data that is not to be stored');
}

/** Moves the cutoff to the one of today. */
async function presentMasks(pool: Database['pool'], { sources, privacy }: RestraintPlan): Promise<Forgotten> {
  if (!(await isCutoffStale(pool, privacy.keepFor))) return readForgotten(pool);
  return changeMasks(pool, [...sources.keys()], (client) => moveCutoff(client, privacy.keepFor));
}
