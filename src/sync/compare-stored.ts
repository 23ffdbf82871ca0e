import { snapshot } from '../database/database.ts';
import { compareRows, type RowDifference } from '../load/compare.ts';
import { maskRows, masksWithin } from '../load/masks.ts';
import { newestVersion, type Rows } from '../normalize/rows.ts';
import type { Verification } from './verification.ts';

/** Compares rows, masked as they would be stored, with the stored ones, in one snapshot. */
export const compare = async ({ context }: Verification, rows: Rows): Promise<RowDifference[]> =>
  snapshot(context.db.pool, async (client) => {
    maskRows(rows, await masksWithin(client, context.db.pool, context.source));
    return compareRows(client, rows, context.source.account);
  });

/**
 * Leaves out differences that the source made after the last walk. A row without a date of its own, or that changes without
 * one, may differ because of a newer row beside it.
 */
export function certain({ since }: Verification, rows: Rows, differences: readonly RowDifference[]): RowDifference[] {
  if (newestVersion(rows) < since) return [...differences];
  return differences.filter(({ version, isNewer }) => isNewer && version !== undefined && version < since);
}
