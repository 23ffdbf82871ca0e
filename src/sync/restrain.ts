import type { Database } from '../database/database.ts';
import { applyMasks, type MaskPlan } from '../load/apply-masks.ts';
import type { Logger } from '../model/log.ts';

/** Empties what is stored although the settings exclude it, and logs how many rows of each table that concerned. */
export async function restrain(
  { db, log }: { db: Database; log: Logger },
  plan: MaskPlan,
  signal: AbortSignal,
): Promise<void> {
  const counts = await applyMasks(db.pool, plan, signal);
  if (counts.size > 0) log.info({ rows: Object.fromEntries(counts) }, 'emptied columns that the settings exclude');
}
