import type { ClientBase, PoolClient } from 'pg';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Entity } from '../model/entity.ts';
import { ForeignRowError } from '../model/errors.ts';
import { isObject, parseJson } from '../model/json.ts';
import { isAhead } from '../database/clock.ts';
import { arrayLiteral } from '../database/encode.ts';
import { pipelined, sentTogether } from '../database/database.ts';
import { suppressed } from '../database/refusals.ts';
import type { TableBatch, Cell, Row, Rows, ColumnSet } from '../normalize/rows.ts';
import type { Provenance } from './changes.ts';
import { insertionOf, writingOf, type Statement } from './statement.ts';
import { planOf, type TablePlan } from '../database/table-plan.ts';

/** Number of rows of a table inserted and updated, and how many of these had been observed in the future. */
export interface WriteCounts {
  inserted: number;
  updated: number;
  skewed: number;
}

/** Counts of a write that wrote no row. */
export const noWrites: WriteCounts = { inserted: 0, updated: 0, skewed: 0 };

const sumOfCounts = (one: WriteCounts, other: WriteCounts): WriteCounts => ({
  inserted: one.inserted + other.inserted,
  updated: one.updated + other.updated,
  skewed: one.skewed + other.skewed,
});

/** Adds counts to those of a table. */
export function addCounts(total: Map<PgTable, WriteCounts>, table: PgTable, counts: WriteCounts): void {
  total.set(table, sumOfCounts(total.get(table) ?? noWrites, counts));
}

/**
 * Writes rows of every table inside the caller's transaction, parents before children; unchanged and older ones are
 * left alone. Returns the effect on each table. The caller holds the source's write lock, which keeps the stored rows
 * as they were compared. The rows are removed from their map once they are sent: while Postgres writes them, they would
 * be a third of what V8 copies when it collects garbage. `end` sends what ends the transaction, behind the statements:
 * then each of them is the last for its rows, and an error is thrown if it does not write them all.
 */
export async function writeRows(
  client: PoolClient,
  rows: Rows,
  by: Provenance,
  end?: () => Promise<unknown>,
): Promise<Map<PgTable, WriteCounts>> {
  await leaveOutWhatCannotStay(client, rows, by);
  const effects = new Map([...rows.keys()].map((table) => [table, noWrites]));
  const writes = inOrder(rows).flatMap((batch) =>
    recordsFirst(batch).map(([key, columnSet]) => ({
      ...writeOf(batch, key, columnSet, by),
      isLast: end !== undefined,
    })),
  );
  rows.clear();
  const send = async (write: ColumnSetWrite) => addCounts(effects, write.table, await writeColumnSet(client, write));
  await pipelined(sentTogether(client, () => [...writes.map(send), ...(end ? [end()] : [])]));
  return effects;
}

async function leaveOutWhatCannotStay(client: ClientBase, rows: Rows, { account }: Provenance): Promise<void> {
  for (const batch of rows.values()) await leaveOutOlderLists(client, rows, batch);
  await keepDanglingReferences(client, rows, account);
}

/**
 * Returns the column sets with the records themselves first. A record shows more than its nested form: written after
 * that with the same state, it would be taken for older.
 */
const recordsFirst = ({ columnSets }: TableBatch) =>
  [...columnSets].sort(([, one], [, other]) => Number(other.alive) - Number(one.alive));

/** The rows of one column set, as parameters of the statements that write them. */
interface ColumnSetWrite {
  table: PgTable;
  account: string;
  /** Number of rows. */
  count: number;
  values: (string | number | null)[];
  writing: Statement;
  /** Inserts the rows, if they are probably new. */
  insertion?: Statement;
  /** True if the end of the transaction is sent along, so that no statement may follow. */
  isLast: boolean;
}

/** Statements that had only new rows to write the last time; the next page of a first walk is likely the same. */
const onlyInserted = new WeakSet<Statement>();

function writeOf(batch: TableBatch, key: string, columnSet: ColumnSet, by: Provenance): Omit<ColumnSetWrite, 'isLast'> {
  const writing = writingOf(batch, key, columnSet);
  const isAlone = columnSet.alive && batch.columnSets.size === 1; // the order matters for two states of one row
  const isNew = isAlone && by.via === 'walk' && onlyInserted.has(writing);
  return {
    table: batch.entity.table,
    account: by.account,
    count: columnSet.rows.size,
    values: [...parametersOf(batch, columnSet, by.account), by.via, by.runId],
    writing,
    ...(isNew && { insertion: insertionOf(batch, key, columnSet) }),
  };
}

const writeColumnSet = (client: ClientBase, write: ColumnSetWrite): Promise<WriteCounts> =>
  write.insertion ? insertNew(client, write.insertion, write) : writeAny(client, write);

/** Inserts rows that are probably new; if some are stored, writes all of them again. */
async function insertNew(client: ClientBase, insertion: Statement, write: ColumnSetWrite): Promise<WriteCounts> {
  const rows = await sendWrite<{ inserted: number }>(client, insertion, write);
  const counts = { ...noWrites, inserted: rows[0]?.inserted ?? 0 };
  if (counts.inserted === write.count) return counts;
  requireNext(write);
  return sumOfCounts(counts, await writeAny(client, write));
}

/** Writes rows, and once more those that a foreign session deleted between reading and updating them. */
async function writeAny(client: ClientBase, write: ColumnSetWrite): Promise<WriteCounts> {
  const first = await writeOnce(client, write);
  if (first.inserted === write.count) onlyInserted.add(write.writing);
  else onlyInserted.delete(write.writing);
  if (first.kept === 0) return first;
  requireNext(write);
  const second = await writeOnce(client, write);
  if (second.kept > 0) throw await notWritten(client, write, second);
  return sumOfCounts(first, second);
}

/** Throws an error if no further statement can write the rows that are left. */
function requireNext({ table, isLast }: ColumnSetWrite): void {
  if (isLast) throw new Error(`some rows of ${planOf(table).name} need another statement`);
}

/** Counts of a statement, the number of rows to be written, and how many of them it left alone. */
type Attempt = WriteCounts & { changed: number; kept: number };

async function writeOnce(client: ClientBase, write: ColumnSetWrite): Promise<Attempt> {
  const rows = await sendWrite<WriteCounts & { changed: number; owner: string | null }>(client, write.writing, write);
  const { owner, ...counts } = rows[0] ?? { ...noWrites, changed: 0, owner: null };
  if (owner !== null) throw new ForeignRowError(planOf(write.table).name, owner);
  return { ...counts, kept: counts.changed - counts.inserted - counts.updated };
}

async function sendWrite<T extends object>(
  client: ClientBase,
  { text, name }: Statement,
  { values }: ColumnSetWrite,
): Promise<T[]> {
  const { rows } = await client.query<T>({ ...(name && { name }), text, values });
  return rows;
}

/** Returns the error for rows that were left alone: another account has just stored one, or a trigger kept them. */
async function notWritten(
  client: ClientBase,
  { table, account, values: [ids] }: ColumnSetWrite,
  { kept, changed }: Attempt,
): Promise<Error> {
  const plan = planOf(table);
  const { rows } = await client.query<{ owner: string }>(
    `select account as owner from ${plan.sqlName} where "${plan.key[0]}"::text = any($1) and account <> $2 limit 1`,
    [ids, account],
  );
  return rows[0] ? new ForeignRowError(plan.name, rows[0].owner) : suppressed(plan.name, kept, changed);
}

/**
 * Returns the parameters of a column set's statement: one array per column, the account, and one array per column of
 * each set.
 */
export function parametersOf({ entity }: TableBatch, columnSet: ColumnSet, account: string): string[] {
  const rows = [...columnSet.rows.values()];
  const literalOf = columnLiterals(rows.map(({ cells }) => cells));
  return [
    ...columnSet.columns.map((index) => literalOf(index)),
    arrayLiteral(rows.map(observedAt)),
    arrayLiteral(rows.map((row) => row.extra)),
    account,
    ...columnSet.sets.flatMap((set) => setParameters(entity, set, rows)),
  ];
}

/** Returns a function that makes an array literal of one column of these rows. One list holds the cells of each in turn. */
function columnLiterals(rows: readonly (readonly Cell[])[]): (index: number) => string {
  const column: Cell[] = [];
  return (index) => {
    let count = 0;
    for (const cells of rows) column[count++] = cells[index];
    return arrayLiteral(column);
  };
}

function setParameters({ relations }: Entity, set: string, rows: readonly Row[]): string[] {
  const relation = relations[set];
  const members: (readonly Cell[])[] = [];
  const parents: string[] = [];
  for (const row of rows)
    for (const cells of row.sets.get(set) ?? []) {
      members.push(cells);
      parents.push(row.id);
    }
  const literalOf = columnLiterals(members);
  if (relation?.kind === 'owned') return [literalOf(0)];
  if (relation?.kind !== 'set') return [];
  const [, ...columns] = planOf(relation.into).columns;
  return [arrayLiteral(parents), ...columns.map((_, at) => literalOf(at + 1))];
}

/**
 * Returns tables in an order that satisfies their foreign keys: records nested in an entity first, rows it owns after
 * it.
 */
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

/**
 * Leaves out owned rows that are older than their parent's state. Those deleted when unlisted leave no trace, and an
 * older response must not bring them back.
 */
async function leaveOutOlderLists(client: ClientBase, rows: Rows, { entity, plan }: TableBatch): Promise<void> {
  for (const relation of Object.values(entity.relations)) {
    if (relation.kind !== 'owned' || relation.onRemoved !== 'delete') continue;
    const owned = rows.get(relation.entity.table);
    const by = owned?.plan.index.get(relation.by) ?? -1;
    for (const columnSet of owned?.columnSets.values() ?? []) await leaveOutOlder(client, plan, columnSet, by);
  }
}

/** Leaves out rows that were observed before the stored state of their parent, whose id is the cell at `by`. */
async function leaveOutOlder(client: ClientBase, parent: TablePlan, columnSet: ColumnSet, by: number): Promise<void> {
  const listed = [...columnSet.rows.values()].filter((row) => typeof row.cells[by] === 'string');
  const columns = [listed.map(({ id }) => id), listed.map(({ cells }) => cells[by]), listed.map(observedAt)];
  const { rows: older } = await client.query<{ id: string }>(
    `select i.id from unnest($1::text[], $2::${parent.columns[0]?.sqlType}[], $3::timestamptz[]) as i(id, parent, observed_at)
     join ${parent.sqlName} t on t.id = i.parent where t.observed_at > i.observed_at and not ${isAhead('t.observed_at')}`,
    columns.map(arrayLiteral),
  );
  for (const { id } of older) columnSet.rows.delete(id);
}

const observedAt = (row: Row) => row.observedAt;

interface Reference {
  row: Row;
  index: number;
  name: string;
  to: PgTable;
}

/**
 * Moves references to rows that neither the payload nor the database has in this account to `extra`: they cannot be
 * foreign keys.
 */
export async function keepDanglingReferences(client: ClientBase, rows: Rows, account: string): Promise<void> {
  const open = [...rows.values()].flatMap((batch) => openReferences(batch, rows));
  for (const [to, references] of Map.groupBy(open, (reference) => reference.to)) {
    const ids = arrayLiteral([...new Set(references.map(idOf))]);
    const stored = await client.query<{ id: string }>(
      `select id from ${planOf(to).sqlName} where id = any($1) and account = $2`,
      [ids, account],
    );
    const present = new Set<Cell>(stored.rows.map((row) => row.id));
    for (const dangling of references.filter((reference) => !present.has(idOf(reference)))) moveToExtra(dangling);
  }
}

const idOf = ({ row, index }: Reference): Cell => row.cells[index];

function moveToExtra({ row, index, name }: Reference): void {
  const extra = parseJson(row.extra);
  row.extra = JSON.stringify({ ...(isObject(extra) && extra), [name]: row.cells[index] });
  row.cells[index] = null;
}

/** Returns the references of a table's rows to rows that are not about to be written. */
function openReferences({ plan, columnSets }: TableBatch, rows: Rows): Reference[] {
  const all = [...columnSets.values()].flatMap((columnSet) => [...columnSet.rows.values()]);
  return plan.columns.flatMap(({ references: to, name }, index) => {
    if (!to) return [];
    const carried = rows.get(to)?.first;
    const isOpen = (id: Cell) => typeof id === 'string' && !carried?.has(id);
    return all.filter((row) => isOpen(row.cells[index])).map((row) => ({ row, index, name, to }));
  });
}
