import { getTableConfig } from 'drizzle-orm/pg-core';
import type { Pool, PoolClient } from 'pg';
import { transaction } from '../database/database.ts';
import { quote } from '../database/identifiers.ts';
import { describedTables, privacyOf } from '../model/comments.ts';
import { eraserOf, changeJson, eraseTexts, type Eraser } from '../normalize/erase.ts';
import { addCount, type MaskedCounts } from './apply-masks.ts';

/** A bookkeeping column that quotes external text. */
interface LedgerColumn {
  table: string;
  column: string;
  sqlType: string;
  isKey: boolean;
}

/** Rejected records are masked as records. */
const AS_RECORDS = new Set(['rejected_records']);

function ledgerColumns(): LedgerColumn[] {
  return describedTables().flatMap((table) => {
    const { schema, name, columns, primaryKeys } = getTableConfig(table);
    if (schema !== 'sync' || AS_RECORDS.has(name)) return [];
    const key = new Set(primaryKeys.flatMap((one) => one.columns.map((column) => column.name)));
    return columns
      .filter((column) => privacyOf(table, column.name).privacy === 'free')
      .map((column) => ({
        table: `sync.${name}`,
        column: column.name,
        sqlType: column.getSQLType(),
        isKey: key.has(column.name),
      }));
  });
}

/** Data to erase from texts: a person's values, and the e-mail addresses of everyone who was forgotten. */
export interface Erasure {
  values: readonly string[];
  eraseMentions: Eraser;
}

/**
 * Erases a person's data from bookkeeping texts, such as the errors of runs. Returns the number of texts changed; with
 * `looksOnly`, the number that would change.
 */
export async function eraseLedger(
  pool: Pool,
  erasure: Erasure,
  { looksOnly = false }: { looksOnly?: boolean },
): Promise<MaskedCounts> {
  const counts: MaskedCounts = new Map();
  for (const column of ledgerColumns()) {
    const count = await transaction(pool, (client) => eraseColumn(client, column, { ...erasure, looksOnly }));
    addCount(counts, column.table, count);
  }
  return counts;
}

async function eraseColumn(
  client: PoolClient,
  { table, column, sqlType, isKey }: LedgerColumn,
  { values, eraseMentions, looksOnly }: Erasure & { looksOnly: boolean },
): Promise<number> {
  const text = `${quote(column)}::text`;
  const found = await client.query<{ place: string; text: string }>(
    `select ctid::text as place, ${text} as text from ${table} where ${text} ~ '@|%40'
       or exists (select from unnest($1::text[]) as v where strpos(lower(${text}), v) > 0) for update`,
    [values.map((value) => value.toLowerCase())],
  );
  const eraseValues = eraserOf(values);
  const erase: Eraser = (one) => eraseMentions(eraseValues(one));
  const erased = (one: string) =>
    sqlType.startsWith('json') ? changeJson(one, (value) => eraseTexts(value, erase)) : erase(one);
  const changed = found.rows.filter((row) => erased(row.text) !== row.text);
  const write = isKey
    ? `delete from ${table} where ctid = $1::tid and $2::text is not null`
    : `update ${table} set ${quote(column)} = $2::${sqlType} where ctid = $1::tid`;
  for (const row of looksOnly ? [] : changed) await client.query(write, [row.place, erased(row.text)]);
  return changed.length;
}
