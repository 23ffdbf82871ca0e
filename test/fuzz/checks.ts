import { isObject, parseJson, type Json } from '../../src/model/json.ts';
import type { StreamCommitResult } from '../../src/load/commit.ts';
import type { Database } from '../../src/database/database.ts';
import { decimalOf } from '../oracle/decimal.ts';
import { canonical } from '../support/column-kinds.ts';
import { rows } from '../support/records.ts';
import { BOOKKEEPING, expectedText, fitOf, readAs, type Column } from './columns.ts';
import { expect, type Expected, type Reading } from './expected.ts';
import { SECRET_KEYS, type Case } from './mutate.ts';

/** Result of storing a batch in one transaction, in a database that was empty before. */
export interface Stored {
  db: Database;
  tables: ReadonlyMap<string, readonly Column[]>;
  stream: string;
  cases: readonly Case[];
  committed: StreamCommitResult;
  observedAt: string;
}

/** Deeper records may overflow the stack: they may be stored or rejected, and their values are not compared. */
const DEEP = 500;

/** Returns how deep the brackets of JSON text nest. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const [token] of text.matchAll(/"(?:[^"\\]+|\\.)*"|[[\]{}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, (depth += 1));
    else if (token === ']' || token === '}') depth -= 1;
  }
  return deepest;
}

/** Returns one line per difference between the stored batch and its records. */
export async function findProblems(stored: Stored): Promise<string[]> {
  const deep = stored.cases.filter(({ text }) => depthOf(text) > DEEP);
  const plain = stored.cases.filter((each) => !deep.includes(each));
  const reading: Reading = { tables: stored.tables, found: [] };
  const outcomes = plain.map(({ record }) => expect(reading, stored.stream, record));
  return [...(await rejectionProblems(stored, plain, outcomes, deep)), ...(await rowProblems(stored, reading, deep))];
}

type Outcome = ReturnType<typeof expect>;

async function rejectionProblems(
  { db, committed }: Stored,
  plain: readonly Case[],
  outcomes: readonly Outcome[],
  deep: readonly Case[],
) {
  const isDeep = deep.length > 0;
  const lackId = deep.some(({ record }) => isObject(record) && record.id === undefined);
  const expected = outcomes.flatMap((outcome, index) =>
    'reason' in outcome ? [`${outcome.reason}, id ${recordIdOf(plain[index]?.record ?? null)}`] : [],
  );
  const found = (await rows(db, 'select reason, record_id from sync.rejected_records'))
    .filter(({ reason }) => !(lackId && reason === 'no id' && !expected.includes('no id, id null')))
    .filter(({ reason }) => !isDeep || !/^(nested too deeply|Postgres refuses it)/.test(String(reason)))
    .map(({ reason, record_id }) => `${String(reason)}, id ${JSON.stringify(record_id)}`);
  const problems = differences('rejected', new Set(expected), new Set(found));
  if (!isDeep && committed.rejected !== expected.length)
    problems.push(`${committed.rejected} were rejected, and ${expected.length} cannot be rows`);
  const ids = new Set(committed.ids);
  const missing = outcomes.filter((outcome) => 'id' in outcome && !ids.has(outcome.id));
  return [...problems, ...missing.map((outcome) => `not among the ids: ${JSON.stringify(outcome)}`)];
}

function recordIdOf(record: Json): string {
  const id = isObject(record) ? record.id : undefined;
  return typeof id === 'string' || typeof id === 'number'
    ? JSON.stringify(wellFormed(String(id)).slice(0, 200).toWellFormed())
    : 'null';
}

function differences(what: string, expected: ReadonlySet<string>, found: ReadonlySet<string>): string[] {
  return [
    ...[...expected.difference(found)].map((one) => `${what}, missing: ${one}`),
    ...[...found.difference(expected)].map((one) => `${what}, unexpected: ${one}`),
  ];
}

/** Facts about all rows that the check of a single one needs. */
interface RowContext {
  ids: ReadonlySet<string>;
  /** True for a row that may come from a record whose values are not compared. */
  isUncertain: (id: string) => boolean;
  /** True for a row that several payloads show: each may list others. */
  isListedTwice: (row: string) => boolean;
  observedAt: string;
}

async function rowProblems(
  { db, tables, observedAt }: Stored,
  { found }: Reading,
  deep: readonly Case[],
): Promise<string[]> {
  const unread = deep
    .map(({ text }) => text)
    .join('\n')
    .toLowerCase();
  const byRow = Map.groupBy(found, ({ table, id }) => `${table} ${id}`);
  const context: RowContext = {
    ids: new Set(byRow.keys()),
    isListedTwice: (row) => (byRow.get(row)?.length ?? 0) > 1,
    isUncertain: (id) => unread.includes(JSON.stringify(id).slice(1, -1).split('/')[0]?.toLowerCase() ?? ''),
    observedAt,
  };
  const problems: string[] = [];
  for (const [table, columns] of tables) {
    const expected = Map.groupBy(
      found.filter((row) => row.table === table),
      ({ id }) => id,
    );
    if (!columns.some(({ name }) => name === 'extra'))
      problems.push(...(await setProblems(db, table, columns, found, context)));
    else problems.push(...(await tableProblems(db, table, columns, expected, context)));
  }
  return problems;
}

/** A row by column, as text. */
type TextRow = Readonly<Record<string, string | null>>;

async function tableProblems(
  db: Database,
  table: string,
  columns: readonly Column[],
  expected: ReadonlyMap<string, readonly Expected[]>,
  context: RowContext,
): Promise<string[]> {
  const list = columns.map((column) => `${readAs(column)} as "${column.name}"`).join(', ');
  const { rows: found } = await db.pool.query<TextRow>(`select ${list} from ${table}`);
  const stored = new Map(found.map((row) => [row.id ?? '', row]));
  const problems = [...stored.keys()]
    .filter((id) => !expected.has(id) && !context.isUncertain(id))
    .map((id) => `${table} ${id} is stored, and nothing says so`);
  for (const [id, payloads] of expected) {
    const row = stored.get(id);
    if (context.isUncertain(id)) continue;
    if (row) problems.push(...problemsOfRow(row, columns, payloads, context).map((fault) => `${table} ${id} ${fault}`));
    else if (!payloads.some(({ owner }) => owner !== undefined && context.isListedTwice(owner)))
      problems.push(`${table} ${id} is not stored`);
  }
  return problems;
}

/** Values that one payload allows in a column and, under the column's name, in `extra`. */
interface Allowed {
  column: string | null;
  extra: string | undefined;
}

function problemsOfRow(
  row: TextRow,
  columns: readonly Column[],
  payloads: readonly Expected[],
  context: RowContext,
): string[] {
  const extra = parseJson(row.extra ?? '');
  if (!isObject(extra)) return [`extra is no object: ${String(row.extra)}`];
  const kept = new Map(Object.entries(extra).map(([key, value]) => [key, canonical(value)]));
  const known = columns.filter(({ name }) => !BOOKKEEPING.has(name));
  const problems = known.flatMap((column) => columnProblems(row[column.name] ?? null, column, kept, payloads, context));
  const others = new Set(known.map(({ name }) => name));
  const expected = payloads.map((payload) => surplus(payload));
  for (const [key, value] of kept)
    if (!others.has(key) && !expected.some((each) => each.get(key)?.includes(value)))
      problems.push(
        `extra.${key} is ${shown(value)}, not ${shown(expected.flatMap((each) => each.get(key) ?? []).join(' or '))}`,
      );
  const [only] = expected;
  if (payloads.length === 1)
    for (const key of only?.keys() ?? []) if (!kept.has(key)) problems.push(`extra lacks ${key}`);
  if (row.deleted_at !== null) problems.push('is deleted');
  if (row.observed_at !== expectedText(context.observedAt, { ...COLUMN, type: 'timestamp with time zone' }))
    problems.push(`was observed at ${String(row.observed_at)}`);
  return problems;
}

const COLUMN: Column = { name: '', type: '', isIndexed: false, refersTo: null };

/** Returns the values of `extra` by key as Postgres can hold it. Where two keys become one, either value may be stored. */
function surplus(payload: Expected): Map<string, string[]> {
  const extra = new Map<string, string[]>();
  for (const [key, value] of payload.extra) {
    const held = [...(extra.get(wellFormed(key)) ?? []), canonical(clean(value, payload))];
    extra.set(wellFormed(key), Array.isArray(value) ? [...held, canonical(clean(value.toReversed(), payload))] : held);
  }
  return extra;
}

function columnProblems(
  value: string | null,
  column: Column,
  kept: ReadonlyMap<string, string>,
  payloads: readonly Expected[],
  context: RowContext,
): string[] {
  const allowed = payloads.flatMap((payload) => allowedIn(column, payload, context));
  if (allowed.length === 0 || payloads.length > 1) allowed.push({ column: null, extra: undefined });
  if (column.name === 'is_archived' && value === 'true') return []; // a price that its product does not list
  const held = value === null ? null : comparable(value, column);
  const beneath = kept.get(column.name);
  if (payloads.length > 1 && allowed.some((each) => each.column === held)) return [];
  if (allowed.some((each) => each.column === held && each.extra === beneath)) return [];
  if (column.name === 'properties' && isMerged(held, allowed)) return [];
  const wish = allowed.map((each) => `${shown(each.column)} (extra ${shown(each.extra)})`).join(' or ');
  return [`${column.name} is ${shown(held)} (extra ${shown(beneath)}), not ${wish}`];
}

/** True for an object all of whose values some payload has: where a benefit nests, it may show a part of its properties. */
function isMerged(held: string | null, allowed: readonly Allowed[]): boolean {
  const [merged, ...parts] = [held, ...allowed.map(({ column }) => column)].map((text) => parseJson(text ?? 'null'));
  const hasValue = (key: string, value: Json) =>
    parts.some(
      (part) => isObject(part) && Object.hasOwn(part, key) && canonical(part[key] ?? null) === canonical(value),
    );
  return isObject(merged) && Object.entries(merged).every(([key, value]) => hasValue(key, value ?? null));
}

function allowedIn(column: Column, payload: Expected, { ids, isUncertain }: RowContext): Allowed[] {
  const value = column.name === 'id' ? payload.id : payload.columns.get(column.name);
  if (value === undefined) return [];
  if (value === null) return [{ column: null, extra: undefined }];
  const fit = fitOf(value, column);
  const unfit = { column: null, extra: canonical(clean(value, payload)) };
  if (fit === 'never') return [unfit];
  const held = { column: comparable(textOf(value, column, payload), column), extra: undefined };
  if (!column.refersTo) return fit === 'must' ? [held] : [held, unfit];
  const id = held.column;
  const dangling = { column: null, extra: canonical(id) };
  if (isUncertain(id)) return [held, dangling];
  return [ids.has(`${column.refersTo} ${id}`) ? held : dangling];
}

const textOf = (value: Json, column: Column, payload: Expected) =>
  column.type === 'text' || column.type === 'jsonb'
    ? expectedText(clean(value, payload), column)
    : expectedText(value, column);

function comparable(text: string, { type }: Column): string {
  if (type === 'jsonb') return canonical(parseJson(text));
  return /^(numeric|bigint|integer)/.test(type) ? decimalOf(text) : text;
}

const shown = (text: string | null | undefined) =>
  text && text.length > 300 ? `${text.slice(0, 300)}…` : String(text);

const wellFormed = (text: string) => text.replaceAll('\0', '\uFFFD').toWellFormed();

/** Returns a value without credentials, and with replacements for what Postgres cannot hold. */
function clean(value: Json, payload: Pick<Expected, 'secrets'>): Json {
  if (typeof value === 'string') return wellFormed(blank(value, payload.secrets));
  if (Array.isArray(value)) return value.map((inner) => clean(inner, payload));
  if (JSON.isRawJSON(value)) return /\d[eE][+-]?\d{4,}|\d{10000}/.test(value.rawJSON) ? value.rawJSON : value;
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !SECRET_KEYS.includes(key));
  return Object.fromEntries(
    kept.map(([key, inner]) => [wellFormed(blank(key, payload.secrets)), clean(inner, payload)]),
  );
}

function blank(text: string, secrets: ReadonlyMap<string, string>): string {
  let clean = text;
  for (const [key, secret] of secrets) clean = clean.replaceAll(secret, `[${key}]`);
  return clean;
}

/** Compares the sets of parents that only one payload mentions. */
async function setProblems(
  db: Database,
  table: string,
  columns: readonly Column[],
  found: readonly Expected[],
  { isUncertain }: RowContext,
): Promise<string[]> {
  const own = columns.filter(({ name }) => !BOOKKEEPING.has(name));
  const [parent, ...others] = own.map(({ name }) => `"${name}"`);
  const stored = Map.groupBy(
    await rows(
      db,
      `select ${parent}::text as parent, concat_ws(' ', ${others.map((name) => `coalesce(${name}::text, '')`).join()}) as member from ${table}`,
    ),
    ({ parent: id }) => String(id),
  );
  const parents = Map.groupBy(
    found.filter(({ table: name }) => name === own[0]?.refersTo),
    ({ id }) => id,
  );
  const problems: string[] = [];
  for (const [id, payloads] of parents) {
    const [only] = payloads;
    if (payloads.length > 1 || !only || isUncertain(id)) continue;
    const held = new Set((stored.get(id) ?? []).map(({ member }) => String(member)));
    problems.push(...differences(`${table} of ${id}`, new Set(only.sets.get(table)), held));
  }
  return problems;
}
