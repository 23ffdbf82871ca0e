import type { PgTable } from 'drizzle-orm/pg-core';
import type { Pool } from 'pg';
import type { Entity } from '../../src/model/entity.ts';
import type { Json } from '../../src/model/json.ts';
import { compareRows, compareSets } from './wire-compare.ts';
import { addRecord, emptyTruth, entry, type Truth, type TrueRow } from './wire-truth.ts';

/** A stream as its simulator shows it: every record as a request by id does. */
export interface ShownStream {
  entity: Entity;
  records: () => Json[];
}

/** Facts about a source that do not come from its simulator. */
export interface Owner {
  secretKeys: ReadonlySet<string>;
  account: string;
}

/** Computes the expected contents of tables from the records on the wire and the description of their entity alone. */
export interface WireOracle {
  /**
   * Compares all tables of the streams with what the source shows now, as they must be after a full walk without concurrent
   * edits. Returns one line per difference: table, id, column, expected and stored value.
   */
  differences: (db: { pool: Pool }) => Promise<string[]>;
}

/** An oracle for any streams. It remembers what it was shown, as rows stay as they were when the source shows them no longer. */
export function wireOracle(owner: Owner, streams: readonly ShownStream[]): WireOracle {
  const { tables, joins } = reachable(streams.map(({ entity }) => entity));
  let remembered = emptyTruth(owner.secretKeys);
  return {
    async differences({ pool }) {
      const shown = emptyTruth(owner.secretKeys);
      for (const { entity, records } of streams) for (const record of records()) addRecord(shown, entity, record, true);
      remembered = truthAfter(remembered, shown);
      const found: string[] = [];
      for (const table of tables) found.push(...(await compareRows(pool, owner, { table, truth: remembered })));
      for (const table of joins) found.push(...(await compareSets(pool, owner, { table, truth: remembered })));
      return found;
    },
  };
}

/** All tables that records of these entities come to, and the join tables between them. */
function reachable(entities: readonly Entity[]): { tables: Set<PgTable>; joins: Set<PgTable> } {
  const [tables, joins, visited] = [new Set<PgTable>(), new Set<PgTable>(), new Set<Entity>()];
  const visit = (entity: Entity | null) => {
    if (!entity || visited.has(entity)) return;
    visited.add(entity);
    tables.add(entity.table);
    for (const relation of Object.values(entity.relations)) {
      if (relation.kind === 'set') joins.add(relation.into);
      visit(relation.entity);
    }
  };
  for (const entity of entities) visit(entity);
  return { tables, joins };
}

/** The truth once a walk has shown everything: what it showed, over what was there before. */
function truthAfter(before: Truth, shown: Truth): Truth {
  for (const [table, rows] of before.rows) {
    const now = entry(shown.rows, table, () => new Map<string, TrueRow>());
    for (const [id, row] of rows) now.set(id, rowAfter(row, now.get(id)));
  }
  for (const [into, parents] of before.sets) {
    const now = entry(shown.sets, into, () => new Map());
    for (const [parent, members] of parents) if (!now.has(parent)) now.set(parent, members);
  }
  for (const listed of shown.owned) removeUnlisted(shown, listed);
  return shown;
}

/** A record that is shown no longer is deleted; what nested in one stays as it was. */
function rowAfter(before: TrueRow, shown: TrueRow | undefined): TrueRow {
  if (!shown) return { ...before, isDeleted: before.isRecord };
  return {
    ...shown,
    values: { ...before.values, ...shown.values },
    isRecord: before.isRecord || shown.isRecord,
    isDeleted: before.isRecord && !shown.isRecord,
  };
}

function removeUnlisted({ rows }: Truth, { relation, parent, ids }: Truth['owned'][number]): void {
  const { by, onRemoved, entity } = relation;
  const owned = rows.get(entity.table) ?? new Map<string, TrueRow>();
  for (const [id, row] of owned) {
    if (row.values[by] !== parent || ids.includes(id)) continue;
    if (onRemoved === 'delete') owned.delete(id);
    else if (row.values[onRemoved.unless.column] !== onRemoved.unless.value) row.values[onRemoved.mark] = true;
  }
}
