import type { ClientBase } from 'pg';

/** Rows deleted per statement, so that none of them is long. */
const SLICE = 10_000;

/**
 * Deletes the rows `r` of a table for which a condition holds, however many they are: each statement deletes a slice.
 * Returns how many rows were deleted.
 */
export async function deleteSliced(
  client: Pick<ClientBase, 'query'>,
  table: string,
  condition: string,
  values: readonly unknown[] = [],
): Promise<number> {
  const text = `delete from ${table} where ctid = any(array(select r.ctid from ${table} r where ${condition} limit ${SLICE}))`;
  let count = 0;
  for (let deleted = SLICE; deleted === SLICE; count += deleted)
    deleted = (await client.query(text, [...values])).rowCount ?? 0;
  return count;
}
