// The floor: the fewest steps from the source's pages to the rows of our tables, in a process of its own. Nothing is guarded:
// no comparison with stored rows, no order, no checkpoint, no retry, no budget. It is not a product, but says what one can reach.
// node bench/floor.ts <sessions>
import pg from 'pg';
import { Agent } from 'undici';
import { openDatabase } from '../src/database/database.ts';
import { arrayLiteral } from '../src/database/encode.ts';
import { migrate } from '../src/database/migrate.ts';
import { planOf } from '../src/database/table-plan.ts';
import type { Entity, Relation } from '../src/model/entity.ts';
import { isObject, type Json, type JsonObject } from '../src/model/json.ts';
import { checkout } from '../src/sources/polar/checkout.ts';
import { measure, placeOf } from './measure.ts';

const PAGE = 100;
/** Pages that are requested before the first is stored. */
const AHEAD = 12;
/** Transactions that are sent before the first is confirmed. */
const IN_FLIGHT = 4;

/** Rows that wait for the insert into their table. */
interface Inserts {
  name: string;
  text: string;
  columns: { name: string }[];
  rows: (string | null)[][];
}

type Table = Entity['table'];
const inserts = new Map<Table, Inserts>();
const seen = new Set<string>();

function prepareInsert(table: Table, isEntity: boolean): void {
  const plan = planOf(table);
  const bookkeeping = [
    { name: 'account', sqlType: 'text' },
    ...(isEntity ? [{ name: 'observed_at', sqlType: 'timestamptz' }] : []),
  ];
  const columns = [...plan.columns, ...bookkeeping];
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const arrays = columns.map(({ sqlType }, at) => `$${at + 1}::${sqlType}[]`).join(', ');
  const text = `insert into ${plan.sqlName} (${names}) select * from unnest(${arrays})`;
  inserts.set(table, { name: `floor_${inserts.size}`, text, columns, rows: [] });
}

/**
 * Prepares the inserts of entities that nest in an entity, of itself, and of its children, in the order that foreign keys
 * require.
 */
function prepareInserts(entity: Entity): void {
  if (inserts.has(entity.table)) return;
  const relations = Object.values(entity.relations);
  for (const relation of relations) if (relation.kind !== 'owned' && relation.entity) prepareInserts(relation.entity);
  prepareInsert(entity.table, true);
  for (const relation of relations) if (relation.kind === 'set') prepareInsert(relation.into, false);
  for (const relation of relations) if (relation.kind === 'owned') prepareInserts(relation.entity);
}

function asText(value: Json = null): string | null {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function addInsert(table: Table, record: JsonObject): void {
  const insert = inserts.get(table);
  insert?.rows.push(insert.columns.map(({ name }) => asText(record[name])));
}

/** Adds an object and all that nests in it, each id once. */
function add({ table, relations, toColumns }: Entity, sent: Json | undefined, observed: JsonObject): void {
  if (!isObject(sent) || typeof sent.id !== 'string' || seen.has(sent.id)) return;
  seen.add(sent.id);
  const record = { ...(toColumns?.(sent) ?? sent), ...observed };
  addInsert(table, record);
  for (const [key, relation] of Object.entries(relations))
    addNestedOf(relation, record[key] ?? null, sent.id, observed);
}

function addNestedOf(relation: Relation, value: Json, parentId: string, observed: JsonObject): void {
  if (value === null) return;
  if (relation.kind === 'one') return add(relation.entity, value, observed);
  if (relation.kind === 'owned') {
    const elements = Array.isArray(value) ? value : [];
    return elements.forEach((raw, at) => add(relation.entity, relation.element?.(raw, at, parentId) ?? raw, observed));
  }
  const [parentKey = '', childKey = ''] = planOf(relation.into).key;
  const members = new Map((relation.members(value) ?? []).map((member) => [member.row?.[childKey], member]));
  for (const { entity, row } of members.values()) {
    if (relation.entity) add(relation.entity, entity, observed);
    addInsert(relation.into, { ...row, [parentKey]: parentId, account: 'default' });
  }
}

/** Sends a transaction with all rows that wait. */
function flush(client: pg.Client): Promise<unknown> {
  const sent: Promise<unknown>[] = [client.query('begin')];
  for (const { name, text, columns, rows } of inserts.values()) {
    if (rows.length === 0) continue;
    const arrays = columns.map((_, at) => arrayLiteral(rows.map((row) => row[at])));
    sent.push(client.query({ name, text, values: arrays }));
    rows.length = 0;
  }
  sent.push(client.query('commit'));
  return Promise.all(sent);
}

const place = placeOf(process.env);
const pages = Math.ceil(Number(process.argv[2]) / PAGE);
const agent = new Agent();

async function read(page: number): Promise<{ records: Json[]; observed: JsonObject }> {
  const path = `/v1/checkouts/?page=${page}&limit=${PAGE}&sorting=created_at`;
  const headers = { accept: 'application/json', authorization: `Bearer ${process.env.SOURCE_TOKEN}` };
  const { body } = await agent.request({ origin: place.sourceUrl, path, method: 'GET', headers });
  const observed = { observed_at: new Date().toISOString(), account: 'default' };
  const { items } = JSON.parse(await body.text()) as { items: Json[] };
  return { records: items, observed };
}

async function copyAllPages(client: pg.Client): Promise<object> {
  const reading = Array.from({ length: Math.min(AHEAD, pages) }, (_, at) => read(at + 1));
  const writing: Promise<unknown>[] = [];
  for (let next = reading.length + 1, page = await reading.shift(); page; page = await reading.shift()) {
    if (next <= pages) reading.push(read(next++));
    for (const record of page.records) add(checkout, record, page.observed);
    writing.push(flush(client));
    if (writing.length >= IN_FLIGHT) await writing.shift();
  }
  await Promise.all(writing);
  return {};
}

const db = await openDatabase(place.databaseUrl);
await migrate(db);
prepareInserts(checkout);
const client = new pg.Client({ connectionString: place.databaseUrl, pipeline: true });
await client.connect();
await client.query('set plan_cache_mode = force_generic_plan');
const outcome = await measure(place, () => copyAllPages(client));
await client.end();
await db.close();
await agent.close();
process.stdout.write(`${JSON.stringify(outcome)}\n`);
