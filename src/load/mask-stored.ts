import type { Pool, PoolClient } from 'pg';
import { lockSource, transaction } from '../database/database.ts';
import { arrayLiteral } from '../database/encode.ts';
import { list, quote } from '../database/identifiers.ts';
import type { TablePlan } from '../database/table-plan.ts';
import { maskRow, type MaskTarget } from '../normalize/mask-row.ts';
import type { Masks } from '../normalize/masks.ts';
import { feedInsert } from './changes.ts';
import type { RowCondition } from './may-concern.ts';

/** Returns the masks of an account, by its name. */
export type AccountMasks = (account: string) => Masks;

/** Options of masking stored rows; with `looksOnly`, they are only counted. */
export interface MaskOptions {
  looksOnly?: boolean;
  signal: AbortSignal;
}

/** A table to mask, with a condition that is true for every row that may need it. */
export interface StoredTarget extends MaskTarget {
  condition: RowCondition;
  /** True for the states of the plan's table, which the change feed leaves out. */
  isHistory: boolean;
}

const WINDOW = 5000;

/** Rows of a table that may need to be masked, by their keys. */
interface Candidates {
  ids: string[];
  /** The last key that was read; null after the last row. */
  last: string | null;
}

/**
 * Masks a table's stored rows as they would be masked if they came from the source now, in short transactions. Called
 * again after a kill, it continues. Returns the number of rows changed; with `looksOnly`, the number that would change.
 */
export async function maskStored(
  pool: Pool,
  target: StoredTarget,
  masksFor: AccountMasks,
  { looksOnly = false, signal }: MaskOptions,
): Promise<number> {
  let masked = 0;
  let last: string | null = null;
  do {
    signal.throwIfAborted();
    const found: Candidates = await candidatesAfter(pool, target, last);
    if (found.ids.length > 0) {
      const mask = (client: PoolClient) => maskSome(client, target, { masksFor, looksOnly, ids: found.ids });
      masked += await transaction(pool, mask);
    }
    ({ last } = found);
  } while (last !== null);
  return masked;
}

async function candidatesAfter(
  pool: Pool,
  { plan, condition: { sql, values } }: StoredTarget,
  last: string | null,
): Promise<Candidates> {
  const key = quote(plan.key[0] ?? '');
  const [after, size] = [`$${values.length + 1}`, `$${values.length + 2}`];
  const { rows } = await pool.query<Candidates & { size: number }>(
    `with t as materialized (
       select * from ${plan.sqlName} where ${after}::text is null or ${key} > ${after}::${plan.columns[0]?.sqlType}
       order by ${key} fetch first ${size} rows with ties)
     select array(select distinct ${key}::text from t where ${sql}) as ids, count(*)::int as size,
       (select ${key}::text from t order by ${key} desc limit 1) as last from t`,
    [...values, last, WINDOW],
  );
  const { ids = [], size: seen = 0, last: end = null } = rows[0] ?? {};
  return { ids, last: seen < WINDOW ? null : end };
}

/** A stored row in the form that rows have before they are written, with its place in the table. */
interface StoredRow {
  place: string;
  cells: (string | null | undefined)[];
  extra: string;
}

async function maskSome(
  client: PoolClient,
  target: StoredTarget,
  { ids, masksFor, looksOnly }: { ids: readonly string[]; masksFor: AccountMasks; looksOnly: boolean },
): Promise<number> {
  const { plan, isHistory } = target;
  if (!looksOnly) await lockSource(client, { name: plan.name.split('.', 1).join('') });
  const texts = plan.columns.map(({ name }) => `${quote(name)}::text`);
  const { rows } = await client.query<{ place: string; account: string; cells: (string | null)[]; extra: string }>(
    `select ctid::text as place, account, array[${texts.join(', ')}] as cells, extra::text as extra
     from ${plan.sqlName} where ${quote(plan.key[0] ?? '')} = any($1)`,
    [arrayLiteral(ids)],
  );
  const changed = rows.flatMap(({ account, ...row }): StoredRow[] => {
    const after = { ...row, cells: [...row.cells] };
    maskRow(after, target, masksFor(account));
    const isSame = after.extra === row.extra && after.cells.every((cell, index) => cell === row.cells[index]);
    return isSame ? [] : [after];
  });
  if (changed.length > 0 && !looksOnly) await update(client, plan, changed, isHistory);
  return changed.length;
}

/**
 * Writes the columns that masks can change, and enters rows other than history into the change feed. The source is
 * locked, so no row moves meanwhile.
 */
async function update(
  client: PoolClient,
  plan: TablePlan,
  rows: readonly StoredRow[],
  isHistory: boolean,
): Promise<void> {
  const columns = plan.columns
    .map((column, index) => ({ ...column, index }))
    .filter(
      ({ name, sqlType, privacy }) =>
        !plan.key.includes(name) && (privacy !== 'plain' || /^(text|jsonb)/.test(sqlType)),
    );
  const names = columns.map(({ name }) => name);
  const cells = columns.map(({ index }) => rows.map((row) => row.cells[index]));
  const arrays = [rows.map(({ place }) => place), ...cells, rows.map(({ extra }) => extra)];
  const types = ['tid', ...columns.map(({ sqlType }) => sqlType), 'jsonb'];
  const by = { account: 'account', via: `'command'`, runId: 'null::bigint' };
  const returned = isHistory ? '' : 'returning t.id, t.account, t.version_at, t.observed_at';
  await client.query(
    `with masked as (
       update ${plan.sqlName} t set ${[...names, 'extra'].map((name) => `${quote(name)} = v.${quote(name)}`).join(', ')}
       from unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')}) as v(place, ${list([...names, 'extra'])})
       where t.ctid = v.place ${returned})
     ${isHistory ? 'select' : feedInsert([{ plan, from: 'masked', op: `'u'` }], by)}`,
    arrays.map(arrayLiteral),
  );
}
