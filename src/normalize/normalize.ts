import { isObject, parseJson, type Json, type JsonObject } from '../model/json.ts';
import type { Entity, JoinRow, Relation } from '../model/entity.ts';
import { sanitize, sanitizeText } from '../database/encode.ts';
import { countDrift } from './drift.ts';
import { addRow, tableBatchOf, type TableBatch, type Cell, type Row, type Rows } from './rows.ts';
import {
  redactorFor,
  isSecret,
  isSecretKey,
  knownAs,
  mayHoldSecret,
  namedLike,
  truncateDepth,
  sameJson,
  secretsWithin,
  withoutSecrets,
  type Secret,
} from './redact.ts';
import { planOf, type TablePlan } from '../database/table-plan.ts';

/** A record that cannot be a row, with the reason and the payload less its secrets. */
export interface Rejected {
  recordId: string | null;
  reason: string;
  payload: Json;
}

/** What a batch of records comes to: rows of each table, the ids of the records, those that cannot be rows, and how often what surprised. */
export interface Normalized {
  rows: Rows;
  ids: string[];
  rejected: Rejected[];
  /** By `table.field`: how many values had no column or did not fit theirs. */
  drift: Map<string, number>;
}

interface Batch extends Normalized {
  observedAt: string;
  /** The record itself, as opposed to what nests in it, shows that the source has it. */
  alive: boolean;
  secretKeys: ReadonlySet<string>;
}

/** Starts an empty batch of rows. */
export function emptyBatch(): Normalized {
  return { rows: new Map(), ids: [], rejected: [], drift: new Map() };
}

/**
 * Brings records of one response into rows of the entity's table and of all that nests in it, adding to `into`.
 * Unless the source says that it has deleted them, records are alive: their rows lose a tombstone. What nests in them is
 * left as it was found: Polar goes on nesting discounts that it has deleted. Only what they own and would lose by not
 * listing it is alive, too. Nothing is lost: what has no column or does not fit goes to `extra`, a record without a usable id is rejected.
 */
export function normalize(
  into: Normalized,
  entity: Entity,
  records: readonly Json[],
  observedAt: string,
  secretKeys: ReadonlySet<string>,
  alive = true,
): Normalized {
  const batch: Batch = { ...into, observedAt, secretKeys, alive };
  for (const record of records) {
    const reason = put(batch, entity, record, into.ids);
    if (reason) into.rejected.push(rejection(record, reason, secretKeys));
  }
  return into;
}

/** Why a record cannot be a row; nothing when it is one, and its id is added. */
function put(batch: Batch, entity: Entity, record: Json, ids: string[]): string | undefined {
  if (!isObject(record)) return 'not an object';
  const id = unlessTooDeep(() => putObject(batch, entity, record, batch.alive) ?? null);
  if (id === undefined) return 'nested too deeply';
  if (id === null) return record.id === undefined ? 'no id' : 'an id of another form';
  ids.push(id);
  return undefined;
}

/** The result, or undefined when a value is nested so deeply that the stack runs out. */
function unlessTooDeep<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const PAYLOAD_LIMIT = 100_000;

/** A record for `sync.rejected_records`: without secrets, and cut off where it is huge or deep. */
export function rejection(record: Json, reason: string, secretKeys: ReadonlySet<string>): Rejected {
  const id = isObject(record) ? record.id : undefined;
  const shown = truncateDepth(record);
  const isCredential = namedLike(secretKeys);
  const blank = redactorFor(secretsWithin(shown, isCredential));
  const hasId = typeof id === 'string' || typeof id === 'number';
  const recordId = hasId ? sanitizeText(blank(String(id))).slice(0, 200) : null;
  const text = JSON.stringify(sanitize(withoutSecrets(shown, isCredential, blank)));
  const payload = text.length > PAYLOAD_LIMIT ? `${text.slice(0, PAYLOAD_LIMIT).toWellFormed()}…` : parseJson(text);
  return { recordId, reason, payload };
}

/** Adds the row of one payload and of all that nests in it; the id, or undefined when the payload cannot be a row. */
function putObject(batch: Batch, entity: Entity, sent: JsonObject, alive = false): string | undefined {
  const record = entity.toColumns?.(sent) ?? sent;
  const tableBatch = tableBatchOf(batch.rows, entity);
  const { key } = tableBatch.plan;
  const raw = record[key[0] ?? 'id'] ?? null;
  if (raw === null) return undefined;
  const isRepeated = (id: Json) => {
    const first = typeof id === 'string' ? tableBatch.first.get(id) : undefined;
    return first?.observedAt === batch.observedAt && first.alive === alive && sameJson(first.record, record);
  };
  // Most of what nests in a page was in it before, under the very same id.
  if (typeof raw === 'string' && isRepeated(raw)) return raw;
  const id = tableBatch.plan.columns[tableBatch.plan.index.get(key[0] ?? 'id') ?? 0]?.encode(raw);
  if (id === undefined || isRepeated(id)) return id;
  addRow(tableBatch, makeRow(batch, tableBatch, id, record, alive));
  return id;
}

function makeRow(batch: Batch, tableBatch: TableBatch, id: string, record: JsonObject, alive: boolean): Row {
  const { entity, plan } = tableBatch;
  const extra: JsonObject = Object.create(null);
  const sets = new Map<string, Cell[][]>();
  const cells: Cell[] = Array.from({ length: plan.columns.length });
  let known = 0;
  for (let index = 0; index < plan.columns.length; index++) {
    const column = plan.columns[index];
    const value = column && record[column.name];
    if (value === undefined) continue;
    known += 1;
    const fitted = value === null ? null : column?.encode(value);
    if (fitted === undefined && column) extra[column.name] = value;
    // A version that cannot be read is no version: the column is left alone, and the later observed state wins.
    cells[index] = fitted ?? (fitted === null || !isVersion(column?.name) ? null : undefined);
  }
  for (const key in entity.relations) {
    const relation = entity.relations[key];
    const value = record[key];
    if (value === undefined || !relation) continue;
    known += 1;
    const unfit = unfold(batch, relation, key, value, id, sets);
    if (unfit !== undefined) extra[key] = unfit;
  }
  const secrets = Object.keys(record).length > known ? keepUnknown(batch, tableBatch, record, extra) : [];
  const row = { id, cells, extra: '{}', observedAt: batch.observedAt, alive, sets, record };
  return finish(batch, tableBatch, row, { extra, secrets });
}

const isVersion = (name: string | undefined) => name === 'modified_at' || name === 'created_at';

/** Adds what has neither a column nor a nest to `extra`; returns the credentials among it instead of keeping them. */
function keepUnknown(
  { secretKeys }: Batch,
  { entity, plan }: TableBatch,
  record: JsonObject,
  extra: JsonObject,
): Secret[] {
  const secrets: Secret[] = [];
  const isCredential = namedLike(secretKeys);
  for (const key of Object.keys(record)) {
    const value = record[key];
    const original = Object.hasOwn(entity.aliases, key) ? entity.aliases[key] : undefined;
    if (value === undefined || plan.index.has(key) || Object.hasOwn(entity.relations, key)) continue;
    if (isCredential(key, value)) {
      // What only a name speaks for is not looked for elsewhere: it may be a word like any other.
      if (isSecretKey(key, secretKeys) && isSecret(value)) secrets.push([key, value]);
      continue;
    }
    if (entity.dropped.has(key) || (original !== undefined && record[original] !== undefined)) continue;
    extra[key] = value;
  }
  return secrets;
}

/** What of a record has no column. */
interface Unknown {
  extra: JsonObject;
  secrets: readonly Secret[];
}

/** Takes secrets out of the cells, and out of what is extra what Postgres cannot hold; counts the latter. */
function finish({ secretKeys, drift }: Batch, { plan }: TableBatch, row: Row, { extra, secrets }: Unknown): Row {
  hideSecrets(row, plan, secretKeys, secrets);
  if (Object.keys(extra).length === 0) return row;
  const kept = sanitize(withoutSecrets(extra, namedLike(secretKeys), redactorFor(secrets)));
  for (const key of Object.keys(kept ?? {})) countDrift(drift, `${plan.name}.${key.slice(0, LONGEST_NAME)}`);
  return { ...row, extra: JSON.stringify(kept) };
}

/** Longer names of fields are cut in what is counted and logged. */
const LONGEST_NAME = 100;

/** A credential is sometimes a part of another field, such as a URL or a map: there it is blanked out or left out. */
function hideSecrets(
  { cells }: Row,
  plan: TablePlan,
  secretKeys: ReadonlySet<string>,
  secrets: readonly Secret[],
): void {
  const blank = redactorFor(secrets);
  const written = secrets.map(([, secret]) => JSON.stringify(secret).slice(1, -1));
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index];
    if (!cell) continue;
    const sqlType = plan.columns[index]?.sqlType;
    if (sqlType === 'text' && secrets.length > 0) cells[index] = blank(cell);
    else if (
      sqlType === 'jsonb' &&
      (mayHoldSecret(cell, secretKeys) || written.some((secret) => cell.includes(secret)))
    )
      cells[index] = JSON.stringify(withoutSecrets(parseJson(cell), knownAs(secretKeys), blank));
  }
}

/** Adds what a nested value holds; returns what of it could not be a row, to be kept in the parent's `extra`. */
function unfold(
  batch: Batch,
  relation: Relation,
  key: string,
  value: Json,
  parentId: string,
  sets: Map<string, Cell[][]>,
): Json | undefined {
  if (relation.kind === 'one')
    return value === null || putEntity(batch, relation.entity, value) !== undefined ? undefined : value;
  const members = value === null ? [] : membersOf(relation, value, parentId);
  if (!members) return value;
  const rows = new Map<string, Cell[]>();
  const unfit: Json[] = [];
  for (const member of members) {
    const cells = relation.kind === 'set' ? memberCells(batch, relation, member) : ownedCells(batch, relation, member);
    const child = cells?.[relation.kind === 'set' ? 1 : 0];
    if (!cells || typeof child !== 'string') unfit.push(member.raw);
    else if (!rows.has(child)) rows.set(child, cells);
    if (cells && member.rest !== undefined) unfit.push(member.rest);
  }
  // A list with an unreadable element does not prove that an owned row is no longer in it.
  if (relation.kind === 'set' || unfit.length === 0) sets.set(key, [...rows.values()]);
  return unfit.length > 0 ? unfit : undefined;
}

function membersOf(relation: Exclude<Relation, { kind: 'one' }>, value: Json, parentId: string): JoinRow[] | undefined {
  if (relation.kind === 'set') return relation.members(value);
  if (!Array.isArray(value)) return undefined;
  return value.map((raw, index) => ({ raw, entity: relation.element ? relation.element(raw, index, parentId) : raw }));
}

const putEntity = (batch: Batch, entity: Entity, value: Json | undefined) =>
  isObject(value) ? putObject(batch, entity, value) : undefined;

/** A list whose absence proves a deletion proves presence, too. */
function ownedCells(batch: Batch, { entity, onRemoved }: Relation & { kind: 'owned' }, { entity: value }: JoinRow) {
  const id = isObject(value) ? putObject(batch, entity, value, batch.alive && onRemoved === 'delete') : undefined;
  return id === undefined ? undefined : [id];
}

/** The join table's cells of one member, with the parent's left open; undefined when a key or the entity is unusable. */
function memberCells(batch: Batch, relation: Relation & { kind: 'set' }, member: JoinRow): Cell[] | undefined {
  const { row } = member;
  if (!row) return undefined;
  const [parent, ...columns] = planOf(relation.into).columns;
  const cells: Cell[] = [parent && null];
  for (const column of columns) {
    const value = row[column.name] ?? null;
    const fitted = value === null ? null : column.encode(value);
    if (fitted === undefined) return undefined;
    cells.push(fitted);
  }
  if (!relation.entity) return cells;
  const id = putEntity(batch, relation.entity, member.entity);
  return id !== undefined && id === cells[1] ? cells : undefined;
}
