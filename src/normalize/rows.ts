import type { PgTable } from 'drizzle-orm/pg-core';
import type { JsonObject } from '../model/json.ts';
import type { Entity } from '../model/entity.ts';
import { presentMs } from '../model/clock.ts';
import { microseconds } from '../model/instant.ts';
import { planOf, type TablePlan } from '../database/table-plan.ts';

/** A value as Postgres' text input; null for SQL NULL; undefined if the payload has no such field. */
export type Cell = string | null | undefined;

/** The content of one row, from one payload. */
export interface Row {
  id: string;
  /** In the plan's column order. */
  cells: Cell[];
  /** Fields without a column and values that did not fit theirs, as JSON text. */
  extra: string;
  observedAt: string;
  /** True if the payload shows that the source has the record: a tombstone is removed. */
  alive: boolean;
  /**
   * Each nested set that the payload carries, by wire key: the join table's cells of each member, or the owned rows'
   * ids.
   */
  sets: ReadonlyMap<string, readonly Cell[][]>;
  /** The payload itself, to recognize a repetition. */
  record: JsonObject;
}

/** Rows that carry the same columns and sets: one statement writes them all. */
export interface ColumnSet {
  columns: readonly number[];
  sets: readonly string[];
  alive: boolean;
  rows: Map<string, Row>;
}

/** All rows of one entity and, by id, the first payload of the response that was added last. */
export interface TableBatch {
  entity: Entity;
  plan: TablePlan;
  first: Map<string, Row>;
  columnSets: Map<string, ColumnSet>;
}

/** Rows of every table that a batch of payloads touches. */
export type Rows = Map<PgTable, TableBatch>;

/** Returns the batch of an entity's table, which is created for its first row. */
export function tableBatchOf(rows: Rows, entity: Entity): TableBatch {
  let batch = rows.get(entity.table);
  if (!batch) {
    batch = { entity, plan: planOf(entity.table), first: new Map(), columnSets: new Map() };
    rows.set(entity.table, batch);
  }
  return batch;
}

/**
 * Adds a row. Of two rows with the same column set and id, the newer state stays; at equal versions, the one observed
 * later.
 */
export function addRow(
  batch: TableBatch,
  row: Row,
  columnsKey = columnsKeyOf(row.cells, row.sets.keys(), row.alive),
): Row {
  const first = batch.first.get(row.id);
  if (first?.observedAt !== row.observedAt) batch.first.set(row.id, row);
  const columnSet = columnSetOf(batch, row, columnsKey);
  const present = columnSet.rows.get(row.id);
  if (!present || isNewer(batch.plan, row, present)) columnSet.rows.set(row.id, row);
  return row;
}

/** Returns the key of the column set of a row with these cells and sets. */
export function columnsKeyOf(cells: readonly Cell[], sets: Iterable<string>, alive: boolean): string {
  const carried = cells.map((cell) => (cell === undefined ? '0' : '1')).join('');
  return [alive ? `+${carried}` : carried, ...sets].join(',');
}

function columnSetOf(batch: TableBatch, row: Row, key: string): ColumnSet {
  let columnSet = batch.columnSets.get(key);
  if (!columnSet) {
    const columns = row.cells.flatMap((cell, index) => (cell === undefined ? [] : [index]));
    batch.columnSets.set(key, (columnSet = { columns, sets: [...row.sets.keys()], alive: row.alive, rows: new Map() }));
  }
  return columnSet;
}

function isNewer(plan: TablePlan, row: Row, present: Row): boolean {
  const [mine, theirs] = [version(plan, row), version(plan, present)];
  if (mine !== theirs) return (microseconds(mine) ?? 0) >= (microseconds(theirs) ?? 0);
  return row.observedAt >= present.observedAt;
}

/** Maximum time by which a source's date may lie ahead; one further ahead is meaningless. */
const MOST_VERSION_AHEAD_MS = 3_600_000;

/**
 * Returns the newest version among the rows, in microseconds since 1970; zero if none has one. Versions in the far
 * future do not count.
 */
export function newestVersion(rows: Rows): number {
  const latest = (presentMs() + MOST_VERSION_AHEAD_MS) * 1000;
  const plausible = (at = 0) => (at < latest ? at : 0);
  const newestOf = (plan: TablePlan, { rows: some }: ColumnSet) =>
    [...some.values()].reduce((newest, row) => Math.max(newest, plausible(microseconds(version(plan, row)))), 0);
  return [...rows.values()]
    .flatMap(({ plan, columnSets }) => [...columnSets.values()].map((columnSet) => newestOf(plan, columnSet)))
    .reduce((newest, at) => Math.max(newest, at), 0);
}

function version(plan: TablePlan, row: Row): string {
  const cell = (name: string) => row.cells[plan.index.get(name) ?? -1];
  return cell('modified_at') ?? cell('created_at') ?? '';
}
