import type { ClientBase } from 'pg';

/** Blocks of a table that one statement reads: 128 MB. */
const RANGE = 16_384;

/** Returns the number of blocks that a table has on disk. */
export async function countBlocks(client: Pick<ClientBase, 'query'>, table: string): Promise<number> {
  const { rows } = await client.query<{ blocks: number }>(
    `select (pg_relation_size($1::regclass) / current_setting('block_size')::int)::int as blocks`,
    [table],
  );
  return rows[0]?.blocks ?? 0;
}

/**
 * Returns SQL conditions that divide the rows `t` of a table of `blocks` blocks: each row meets exactly one of them.
 * Run in this order, they read no block twice, and no statement grows with the table.
 */
export function blockRanges(blocks: number, size = RANGE): string[] {
  const count = Math.max(1, Math.ceil(blocks / size));
  return Array.from({ length: count }, (_, at) => {
    const from = `t.ctid >= '(${at * size},0)'::tid`;
    return at === count - 1 ? from : `${from} and t.ctid < '(${(at + 1) * size},0)'::tid`;
  });
}
