import type { ClientBase } from 'pg';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Entity } from '../model/entity.ts';
import { ForeignRowError } from '../model/errors.ts';
import { isObject, parseJson } from '../model/json.ts';
import { isAhead } from '../database/clock.ts';
import { arrayLiteral } from '../database/encode.ts';
import { pipelined } from '../database/database.ts';
import { suppressed } from '../database/refusals.ts';
import type { TableBatch, Cell, Row, Rows, ColumnSet } from '../normalize/rows.ts';
import { writingOf } from './statement.ts';
import { planOf } from '../database/table-plan.ts';

/** How many rows of a table were inserted and updated; of these, how many had been observed in the future. */
export interface WriteCounts {
  inserted: number;
  updated: number;
  skewed: number;
}

/** No row was written. */
export const noWrites: WriteCounts = { inserted: 0, updated: 0, skewed: 0 };

/**
 * Writes rows of every table inside the caller's transaction, parents before children; unchanged and older ones are left
 * alone. Answers the effect on each table. The caller holds the source's write lock, so that what is compared stays so.
 */
export async function writeRows(client: ClientBase, rows: Rows, account: string): Promise<Map<PgTable, WriteCounts>> {
  for (const batch of rows.values()) await leaveOutOlderLists(client, rows, batch);
  await keepDanglingReferences(client, rows, account);
  const effects = new Map<PgTable, WriteCounts>();
  const pending: Promise<void>[] = [];
  for (const batch of inOrder(rows)) {
    const effect = { ...noWrites };
    effects.set(batch.entity.table, effect);
    for (const [key, columnSet] of recordsFirst(batch))
      pending.push(writeShape(client, { batch, key, columnSet, account }, effect));
  }
  await pipelined(pending);
  return effects;
}

/** A record itself shows more than where it nests: of one state it must not come after that, and be taken for older. */
const recordsFirst = ({ columnSets }: TableBatch) =>
  [...columnSets].sort(([, one], [, other]) => Number(other.alive) - Number(one.alive));

/** Rows of one shape, and the account that writes them. */
interface Shape {
  batch: TableBatch;
  key: string;
  columnSet: ColumnSet;
  account: string;
}

async function writeShape(client: ClientBase, shape: Shape, effect: WriteCounts): Promise<void> {
  const { batch, key, columnSet, account } = shape;
  const { text, name } = writingOf(batch, key, columnSet);
  const { rows: counts } = await client.query<WriteCounts & { changed: number; owner: string | null }>({
    ...(name && { name }),
    text,
    values: parametersOf(batch, columnSet, account),
  });
  const { inserted = 0, updated = 0, skewed = 0, changed = 0, owner = null } = counts[0] ?? {};
  if (owner !== null) throw new ForeignRowError(batch.plan.name, owner);
  if (inserted + updated < changed) throw await notWritten(client, shape, changed - inserted - updated, changed);
  effect.inserted += inserted;
  effect.updated += updated;
  effect.skewed += skewed;
}

/** Why rows were left alone: another account stored one first, a moment ago, or a trigger kept them. */
async function notWritten(
  client: ClientBase,
  { batch: { plan }, columnSet, account }: Shape,
  kept: number,
  of: number,
): Promise<Error> {
  const { rows } = await client.query<{ owner: string }>(
    `select account as owner from ${plan.sqlName} where "${plan.key[0]}"::text = any($1) and account <> $2 limit 1`,
    [[...columnSet.rows.keys()], account],
  );
  return rows[0] ? new ForeignRowError(plan.name, rows[0].owner) : suppressed(plan.name, kept, of);
}

/** The parameters of a shape's statement: one array per column, the account, and one array per column of each set. */
export function parametersOf({ plan, entity }: TableBatch, columnSet: ColumnSet, account: string): string[] {
  const rows = [...columnSet.rows.values()];
  const columns = columnSet.columns.map((index) =>
    literal(
      rows.map((row) => row.cells[index]),
      plan.columns[index]?.quoted,
    ),
  );
  const observed = literal(
    rows.map((row) => row.observedAt),
    true,
  );
  const extra = literal(
    rows.map((row) => row.extra),
    true,
  );
  return [...columns, observed, extra, account, ...columnSet.sets.flatMap((set) => setParameters(entity, set, rows))];
}

function setParameters(entity: Entity, set: string, rows: readonly Row[]): string[] {
  const relation = entity.relations[set];
  if (relation?.kind === 'owned') {
    const owned = rows.flatMap((row) => (row.sets.get(set) ?? []).map((cells) => cells[0]));
    return [literal(owned, planOf(relation.entity.table).columns[0]?.quoted)];
  }
  if (relation?.kind !== 'set') return [];
  const members = rows.flatMap((row) => (row.sets.get(set) ?? []).map((cells) => [row.id, ...cells.slice(1)]));
  return planOf(relation.into).columns.map((column, index) =>
    literal(
      members.map((cells) => cells[index]),
      column.quoted,
    ),
  );
}

const literal = (cells: readonly Cell[], quoted = true) => arrayLiteral(cells, quoted);

/** Tables in an order that satisfies their foreign keys: what nests in an entity first, what it owns after it. */
function inOrder(rows: Rows): TableBatch[] {
  const ordered = new Set<TableBatch>();
  const visited = new Set<Entity>();
  const visit = (entity: Entity) => {
    if (visited.has(entity)) return;
    visited.add(entity);
    const relations = Object.values(entity.relations);
    for (const relation of relations) if (relation.kind !== 'owned' && relation.entity) visit(relation.entity);
    const batch = rows.get(entity.table);
    if (batch) ordered.add(batch);
    for (const relation of relations) if (relation.kind === 'owned') visit(relation.entity);
  };
  for (const batch of rows.values()) visit(batch.entity);
  return [...ordered];
}

/** Owned rows that are deleted when unlisted leave no trace: an answer older than their parent's state must not bring them back. */
async function leaveOutOlderLists(client: ClientBase, rows: Rows, { entity, plan }: TableBatch): Promise<void> {
  for (const relation of Object.values(entity.relations)) {
    const owned =
      relation.kind === 'owned' && relation.onRemoved === 'delete' ? rows.get(relation.entity.table) : undefined;
    if (!owned || relation.kind !== 'owned') continue;
    const by = owned.plan.index.get(relation.by) ?? -1;
    for (const columnSet of owned.columnSets.values()) {
      const listed = [...columnSet.rows.values()].filter((row) => typeof row.cells[by] === 'string');
      const columns = [listed.map(({ id }) => id), listed.map(({ cells }) => cells[by]), listed.map(observedAt)];
      const { rows: older } = await client.query<{ id: string }>(
        `select i.id from unnest($1::text[], $2::text[], $3::timestamptz[]) as i(id, parent, observed_at)
         join ${plan.sqlName} t on t.id::text = i.parent where t.observed_at > i.observed_at and not ${isAhead('t.observed_at')}`,
        columns.map((cells) => arrayLiteral(cells, true)),
      );
      for (const { id } of older) columnSet.rows.delete(id);
    }
  }
}

const observedAt = (row: Row) => row.observedAt;

interface Reference {
  row: Row;
  index: number;
  name: string;
  to: PgTable;
}

/** A reference to a row that neither the payload nor the database has, of this account, cannot be a foreign key: it moves to `extra`. */
export async function keepDanglingReferences(client: ClientBase, rows: Rows, account: string): Promise<void> {
  const open = [...rows.values()].flatMap((batch) => openReferences(batch, rows));
  for (const to of new Set(open.map((reference) => reference.to))) {
    const references = open.filter((reference) => reference.to === to);
    const plan = planOf(to);
    const ids = arrayLiteral([...new Set(references.map(({ row, index }) => row.cells[index] ?? null))], true);
    const stored = await client.query<{ id: string }>(
      `select id from ${plan.sqlName} where id = any($1) and account = $2`,
      [ids, account],
    );
    const present = new Set(stored.rows.map((row) => row.id));
    for (const { row, index, name } of references) {
      const id = row.cells[index];
      if (typeof id !== 'string' || present.has(id)) continue;
      row.cells[index] = null;
      const extra = parseJson(row.extra);
      row.extra = JSON.stringify({ ...(isObject(extra) && extra), [name]: id });
    }
  }
}

function openReferences({ plan, columnSets }: TableBatch, rows: Rows): Reference[] {
  const found: Reference[] = [];
  plan.columns.forEach(({ references: to, name }, index) => {
    if (!to) return;
    const carried = rows.get(to)?.first;
    for (const columnSet of columnSets.values()) {
      for (const row of columnSet.rows.values()) {
        const id = row.cells[index];
        if (typeof id === 'string' && !carried?.has(id)) found.push({ row, index, name, to });
      }
    }
  });
  return found;
}
