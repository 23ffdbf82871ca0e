import { planOf } from '../database/table-plan.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Entity, JoinRow, Relation } from '../model/entity.ts';
import type { Batch } from './batch.ts';
import { countDrift } from './drift.ts';
import { knownObject, rememberAlike, rememberObject, type Addition, type KnownObject } from './known-objects.ts';
import { layoutOf, type Layout } from './layout.ts';
import { sameJson } from './redact.ts';
import { addRow, tableBatchOf, type Cell, type Row, type TableBatch } from './rows.ts';
import { finishRow, keepUnknown, type Field } from './unknown.ts';

/** A record that is being added, as its nested objects see it. */
export interface Root {
  batch: Batch;
  observedAt: string;
  /** True unless the source reports that it has deleted the record itself, as opposed to nested objects. */
  alive: boolean;
  /** Objects added so far within the object that is being added; absent for the record itself. */
  nested?: Addition[];
}

/**
 * Adds the row of one payload and of everything nested in it. Returns undefined if the payload cannot be a row. `alive`
 * is true for a payload that the source has itself, as opposed to one that was found nested.
 */
export function addObject(root: Root, entity: Entity, sent: JsonObject, alive = false): Row | undefined {
  const tableBatch = tableBatchOf(root.batch.rows, entity);
  root.nested?.push({ entity, sent, alive });
  const circumstances = { entity, alive, isRootAlive: root.alive, secretKeys: root.batch.secretKeys };
  const known = knownObject(sent, circumstances);
  if (known) return repeatedRow(root, tableBatch, known.row) ?? addKnown(root, tableBatch, known);
  const record = entity.toColumns?.(sent) ?? sent;
  const { key, columns, index } = tableBatch.plan;
  const raw = record[key[0] ?? 'id'] ?? null;
  if (raw === null) return undefined;
  const id = columns[index.get(key[0] ?? 'id') ?? 0]?.encode(raw);
  if (id === undefined) return undefined;
  const payload = { id, record, alive };
  const repeated = repeatedRow(root, tableBatch, payload);
  if (repeated) rememberAlike(sent, repeated.record);
  return repeated ?? addNew(root, tableBatch, { sent, payload, circumstances });
}

/** A payload that has an id. */
type Payload = Pick<Row, 'id' | 'record' | 'alive'>;

/** Returns the row that the same payload produced earlier in the response: most objects nested in a page repeat. */
function repeatedRow({ observedAt }: Root, { first }: TableBatch, { id, record, alive }: Payload): Row | undefined {
  const row = first.get(id);
  const isSame = row?.observedAt === observedAt && row.alive === alive && sameJson(row.record, record);
  return isSame ? row : undefined;
}

/** Adds an object that earlier pages also had. The cells are copied, because a row may be masked. */
function addKnown(root: Root, tableBatch: TableBatch, { row, columnsKey, drift, nested }: KnownObject): Row {
  const { batch, observedAt } = root;
  addAgain({ batch, observedAt, alive: root.alive }, nested);
  for (const field of drift) countDrift(batch.drift, field);
  return addRow(tableBatch, { ...row, cells: row.cells.slice(), observedAt }, columnsKey);
}

function addAgain(root: Root, additions: readonly Addition[]): void {
  for (const { entity, sent, alive } of additions) addObject(root, entity, sent, alive);
}

/** An object that was not added before. */
interface NewObject {
  sent: JsonObject;
  payload: Payload;
  circumstances: Pick<KnownObject, 'entity' | 'alive' | 'isRootAlive' | 'secretKeys'>;
}

/** Adds a row. Remembers the result for an immutable object, which many pages share. */
function addNew(root: Root, tableBatch: TableBatch, { sent, payload, circumstances }: NewObject): Row {
  const nested: Addition[] = [];
  const { row, columnsKey, drift } = makeRow({ ...root, nested }, tableBatch, payload);
  for (const field of drift) countDrift(root.batch.drift, field);
  if (Object.isFrozen(sent)) {
    const kept = { ...row, cells: row.cells.slice() };
    rememberObject(sent, { ...circumstances, row: kept, columnsKey, drift, nested });
  }
  return addRow(tableBatch, row, columnsKey);
}

/** Row made from a payload, once everything nested in it is added. */
type MadeRow = Pick<KnownObject, 'row' | 'columnsKey' | 'drift'>;

function makeRow(root: Root, tableBatch: TableBatch, { id, record, alive }: Payload): MadeRow {
  const { batch, observedAt } = root;
  const layout = layoutOf(tableBatch, batch.secretKeys, record);
  const values = Object.values(record);
  const extra: Field[] = [];
  const { cells, isWhole } = cellsOf(layout, values, extra);
  const sets = new Map<string, Cell[][]>();
  let missing = isWhole ? 0 : 1;
  for (const { at, name, relation } of layout.relations) {
    const value = values[at];
    const { rows, unfit } = value === undefined ? {} : unfold(root, relation, value, id);
    if (rows) sets.set(name, rows);
    else if (relation.kind !== 'one') missing += 1;
    if (unfit !== undefined) extra.push([name, unfit]);
  }
  const secrets = layout.unknown.length > 0 ? keepUnknown(layout, values, extra) : [];
  const row = { id, record, alive, cells, extra: '{}', observedAt, sets };
  const drift = finishRow(row, layout, { extra, secrets });
  return { row, drift, columnsKey: missing === 0 ? layout.columnsKey[alive ? 'alive' : 'nested'] : undefined };
}

/**
 * Returns the cells of the fields that have columns; `isWhole` is true if every column got one. Adds values that do not
 * fit to `extra`.
 */
function cellsOf(
  { columns, blank }: Layout,
  values: readonly Json[],
  extra: Field[],
): { cells: Cell[]; isWhole: boolean } {
  const cells = blank.slice();
  let isWhole = true;
  for (const { at, index, column } of columns) {
    const value = values[at];
    const fitted = value === undefined || value === null ? value : column.encode(value);
    if (fitted === undefined && value !== undefined) extra.push([column.name, value]);
    // An unreadable version is no version: the column is left alone, and the later observed state wins.
    const cell = fitted === undefined && value !== undefined && !isVersion(column.name) ? null : fitted;
    if (cell === undefined) isWhole = false;
    cells[index] = cell;
  }
  return { cells, isWhole };
}

const isVersion = (name: string) => name === 'modified_at' || name === 'created_at';

/** Result of adding a nested value: the rows of its set, unless some are unknown, and the rest that cannot be a row. */
interface Unfolded {
  rows?: Cell[][];
  /** Kept in the parent's `extra`. */
  unfit?: Json;
}

/** Immutable sets, with the objects added within them. */
const knownSets = new WeakMap<object, { relation: Relation; unfolded: Unfolded; nested: readonly Addition[] }>();

/** Adds the contents of a nested value. A set that many pages share is read once. */
function unfold(root: Root, relation: Relation, value: Json, parentId: string): Unfolded {
  if (relation.kind === 'one') return value === null || addNested(root, relation.entity, value) ? {} : { unfit: value };
  if (relation.kind === 'owned' || typeof value !== 'object' || value === null || !Object.isFrozen(value))
    return unfoldList(root, relation, value, parentId);
  const known = knownSets.get(value);
  if (known?.relation === relation) {
    addAgain(root, known.nested);
    return known.unfolded;
  }
  const nested: Addition[] = [];
  const unfolded = unfoldList({ ...root, nested }, relation, value, parentId);
  knownSets.set(value, { relation, unfolded, nested });
  root.nested?.push(...nested);
  return unfolded;
}

function unfoldList(root: Root, relation: Exclude<Relation, { kind: 'one' }>, value: Json, parentId: string): Unfolded {
  const members = value === null ? [] : membersOf(relation, value, parentId);
  if (!members) return { unfit: value };
  const rows = new Map<string, Cell[]>();
  const unfit: Json[] = [];
  for (const member of members) {
    const cells = relation.kind === 'set' ? memberCells(root, relation, member) : ownedCells(root, relation, member);
    const child = cells?.[relation.kind === 'set' ? 1 : 0];
    if (!cells || typeof child !== 'string') unfit.push(member.raw);
    else if (!rows.has(child)) rows.set(child, cells);
    if (cells && member.rest !== undefined) unfit.push(member.rest);
  }
  // A list with an unreadable element does not prove that an owned row is no longer in it.
  return {
    ...((relation.kind === 'set' || unfit.length === 0) && { rows: [...rows.values()] }),
    ...(unfit.length > 0 && { unfit }),
  };
}

function membersOf(relation: Exclude<Relation, { kind: 'one' }>, value: Json, parentId: string): JoinRow[] | undefined {
  if (relation.kind === 'set') return relation.members(value);
  if (!Array.isArray(value)) return undefined;
  return value.map((raw, index) => ({ raw, entity: relation.element ? relation.element(raw, index, parentId) : raw }));
}

const addNested = (root: Root, entity: Entity, value: Json | undefined) =>
  isObject(value) ? addObject(root, entity, value) : undefined;

/** Returns the cells of an owned row. A list whose absence proves a deletion proves presence as well. */
function ownedCells(root: Root, { entity, onRemoved }: Relation & { kind: 'owned' }, { entity: value }: JoinRow) {
  const row = isObject(value) ? addObject(root, entity, value, root.alive && onRemoved === 'delete') : undefined;
  return row && [row.id];
}

/**
 * Returns the join table's cells of one member, with the parent's left open; undefined if a key or the entity is
 * unusable.
 */
function memberCells(root: Root, relation: Relation & { kind: 'set' }, member: JoinRow): Cell[] | undefined {
  const { row } = member;
  if (!row) return undefined;
  const cells: Cell[] = [];
  for (const { name, encode } of planOf(relation.into).columns) {
    const value = cells.length === 0 ? null : (row[name] ?? null);
    const fitted = value === null ? null : encode(value);
    if (fitted === undefined) return undefined;
    cells.push(fitted);
  }
  if (!relation.entity) return cells;
  const nested = addNested(root, relation.entity, member.entity);
  return nested !== undefined && nested.id === cells[1] ? cells : undefined;
}
