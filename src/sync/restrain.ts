import type { Database } from '../database/database.ts';
import { readForgotten } from '../ledger/forgotten.ts';
import { applyMasks, type MaskPlan } from '../load/apply-masks.ts';
import type { Logger } from '../model/log.ts';

/**
 * Empties what is stored although the settings exclude it, or although somebody was forgotten, as after a kill of `forget`.
 * Logs how many rows of each table that concerned.
 */
export async function restrain(
  { db, log }: { db: Database; log: Logger },
  plan: Omit<MaskPlan, 'forgotten'>,
  signal: AbortSignal,
): Promise<void> {
  const counts = await applyMasks(db.pool, { ...plan, forgotten: await readForgotten(db.pool) }, { signal });
  if (counts.size > 0) log.info({ rows: Object.fromEntries(counts) }, 'emptied data that is not to be stored');
}
