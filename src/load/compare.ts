import type { ClientBase } from 'pg';
import { isObject, parseJson, type Json } from '../model/json.ts';
import type { Relation } from '../model/entity.ts';
import { pipelined } from '../database/database.ts';
import type { TableBatch, Rows } from '../normalize/rows.ts';
import { comparisonOf } from './statement.ts';
import { planOf } from '../database/table-plan.ts';
import { keepDanglingReferences, parametersOf } from './write.ts';

/** A difference between a table and the source. */
export interface Difference {
  /** `missing`: the row is not stored; `extra`: the source does not have it; `different`: the values differ. */
  kind: 'missing' | 'extra' | 'different';
  table: string;
  id: string;
  /** The column; for a set, the join table's column that names its members. */
  column?: string;
  source?: Json;
  stored?: Json;
}

/** A difference with the version of the incoming row, in microseconds since 1970; undefined if nothing dates it. */
export interface RowDifference extends Difference {
  version: number | undefined;
  /** True if that version is newer than the stored one. */
  isNewer: boolean;
  /** The incoming row that showed it, as {@link rowKey} names it. */
  shownBy: string;
}

/** Returns the name of a row, unique across all tables. */
export const rowKey = (table: string, id: string) => `${table} ${id}`;

interface Compared {
  id: string;
  missing: boolean;
  version: string | null;
  newer: boolean;
  columns: string | null;
  sets: string | null;
}

/** Compares incoming rows with stored ones, column by column and set by set. Changes nothing. */
export async function compareRows(client: ClientBase, rows: Rows, account: string): Promise<RowDifference[]> {
  await keepDanglingReferences(client, rows, account);
  const compared = [...rows.values()].flatMap((batch) =>
    [...batch.columnSets].map(async ([key, columnSet]) => {
      const { text, name } = comparisonOf(batch, key, columnSet);
      const values = parametersOf(batch, columnSet, account);
      const { rows: found } = await client.query<Compared>({ ...(name && { name }), text, values });
      return found.flatMap((row) => differencesOf(batch, row));
    }),
  );
  return (await pipelined(compared)).flat();
}

function differencesOf(
  { entity, plan }: TableBatch,
  { id, missing, newer, columns, sets, ...row }: Compared,
): RowDifference[] {
  const shownBy = rowKey(plan.name, id);
  const dated = { version: row.version === null ? undefined : Number(row.version), isNewer: newer, shownBy };
  if (missing) return [{ kind: 'missing', table: plan.name, id, ...dated }];
  return [
    ...pairsIn(columns).map(([column, [source, stored]]): RowDifference => ({
      kind: 'different',
      table: plan.name,
      id,
      column,
      source,
      stored,
      ...dated,
    })),
    ...pairsIn(sets).flatMap(([set, pair]) => setDifferences(entity.relations[set], id, shownBy, pair)),
  ];
}

function pairsIn(text: string | null): [string, [Json, Json]][] {
  const object = text === null ? {} : parseJson(text);
  if (!isObject(object)) return [];
  return Object.entries(object).map(([name, pair]) => {
    const [source = null, stored = null] = Array.isArray(pair) ? pair : [];
    return [name, [source, stored]];
  });
}

/**
 * Returns the differences between sets. Nothing dates a set: a source may change one without a new version of its
 * parent.
 */
function setDifferences(
  relation: Relation | undefined,
  parentId: string,
  shownBy: string,
  [source, stored]: [Json, Json],
): RowDifference[] {
  const undated = { version: undefined, isNewer: false, shownBy };
  if (relation?.kind === 'set') {
    const { name, key } = planOf(relation.into);
    return [{ kind: 'different', table: name, id: parentId, column: key[1] ?? '', source, stored, ...undated }];
  }
  if (relation?.kind !== 'owned' || !Array.isArray(stored)) return [];
  const { onRemoved, entity } = relation;
  const table = planOf(entity.table).name;
  return stored.map((key): RowDifference => {
    const id = typeof key === 'string' ? key : JSON.stringify(key);
    const row = { table, id, ...undated };
    return onRemoved === 'delete'
      ? { kind: 'extra', ...row }
      : { kind: 'different', column: onRemoved.mark, source: true, stored: false, ...row };
  });
}
