import type { ClientBase } from 'pg';

/** Rows deleted per statement, which keeps each statement short. */
const SLICE = 10_000;

/**
 * Deletes the rows `r` of a table for which a condition is true, however many there are: each statement deletes a
 * slice. Returns the number of rows deleted.
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
