import type { Batch } from '../normalize/batch.ts';
import { maskRejection } from '../normalize/mask-rejection.ts';
import { maskRow } from '../normalize/mask-row.ts';
import type { Masks } from '../normalize/masks.ts';
import type { Rows, TableBatch } from '../normalize/rows.ts';

/** Masks rows of every table, in place. */
export function maskRows(rows: Rows, masks: Masks): void {
  if (masks.isIdle) return;
  for (const target of rows.values()) for (const row of allRows(target)) maskRow(row, target, masks);
}

const allRows = ({ columnSets }: TableBatch) => [...columnSets.values()].flatMap(({ rows }) => [...rows.values()]);

/** Masks the rows of a batch and the records that cannot be rows, in place; masking them again changes nothing. */
export function maskBatch({ rows, rejected }: Batch, masks: Masks): void {
  maskRows(rows, masks);
  for (const [one, rejection] of rejected) rejected.set(one, maskRejection(rejection, one.entity, masks));
}
