import { parseConfig } from '../../src/config/config.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { commitRecords, type StreamCommitResult } from '../../src/load/commit.ts';
import type { Entity } from '../../src/model/entity.ts';
import type { Database } from '../../src/database/database.ts';
import { polarStreams } from '../../src/sources/polar/streams.ts';
import type { Source } from '../../src/model/source.ts';

/** A UUID that a test can read: `uuid(7)` ends in 7. */
export const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const CREATED = '2026-03-01T10:00:00.123456Z';

/** A product as a link nests it, or, without `metadata`, as a session does. */
export const product = (number: number, more: JsonObject = {}): JsonObject => ({
  id: uuid(number),
  created_at: CREATED,
  modified_at: null,
  name: `Product ${number}`,
  metadata: { tier: 'one' },
  prices: [],
  benefits: [],
  medias: [],
  ...more,
});

/** A fixed catalog price. */
export const price = (number: number, productId: string, more: JsonObject = {}): JsonObject => ({
  id: uuid(number),
  created_at: CREATED,
  modified_at: null,
  source: 'catalog',
  amount_type: 'fixed',
  price_currency: 'usd',
  is_archived: false,
  product_id: productId,
  price_amount: 1000,
  ...more,
});

/** A checkout link with as few fields as make sense. */
export const link = (number: number, more: JsonObject = {}): JsonObject => ({
  id: uuid(number),
  created_at: CREATED,
  modified_at: null,
  label: 'Spring',
  client_secret: 'polar_cl_recognisable_secret',
  products: [],
  discount: null,
  discount_id: null,
  ...more,
});

/** A checkout session with as few fields as make sense. */
export const session = (number: number, more: JsonObject = {}): JsonObject => ({
  id: uuid(number),
  created_at: CREATED,
  modified_at: null,
  status: 'open',
  client_secret: 'polar_c_recognisable_secret',
  amount: 1000,
  products: [],
  prices: {},
  product: null,
  product_price: null,
  discount: null,
  attached_custom_fields: [],
  ...more,
});

/** The same day, this many seconds and microseconds past noon. */
export const at = (seconds: number, microseconds = 0) =>
  `2026-05-05T12:00:${String(seconds).padStart(2, '0')}.${String(microseconds).padStart(6, '0')}Z`;

/** The sources as settings make them that nobody calls. */
export const [polarOrigin, fynnOrigin] = parseConfig({
  POLAR_ACCESS_TOKEN: 'none',
  FYNN_API_KEY: 'none',
  FYNN_API_URL: 'http://127.0.0.1:1',
}).sources as [Source, Source];

/** The entity of a stream of Polar. */
export function entityOf(stream: string): Entity {
  const { [stream]: entity } = polarStreams;
  if (!entity) throw new RangeError(`there is no stream ${stream}`);
  return entity;
}

/** Stores records of a stream as one response that arrived at an instant. */
export function store(
  db: Database,
  stream: string,
  records: JsonObject[],
  observedAt: string,
): Promise<StreamCommitResult> {
  return commitRecords(db, polarOrigin, entityOf(stream), { records, observedAt });
}

/** Rows of a query. */
export async function rows(db: Database, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await db.pool.query<Record<string, unknown>>(sql, values)).rows;
}

/** The first value of the first row. */
export async function value(db: Database, sql: string, values: unknown[] = []): Promise<unknown> {
  return Object.values((await rows(db, sql, values))[0] ?? {})[0];
}

/**
 * Returns the contents of all tables of the sources without the instants of observation; equal for two databases that agree.
 */
export async function contents(db: Database): Promise<Record<string, unknown[]>> {
  const tables = await rows(
    db,
    `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('polar', 'fynn') order by 1`,
  );
  const held: Record<string, unknown[]> = {};
  for (const { name } of tables) {
    const found = await rows(db, `select (to_jsonb(t) - 'observed_at')::text as row from ${String(name)} t order by 1`);
    held[String(name)] = found.map(({ row }) => row);
  }
  return held;
}

// Tables of a few rows are emptied several times faster by deletes than by a truncate, which replaces their files.
const EMPTY = `do $$ declare used text; begin
  set local session_replication_role = replica;
  for used in select oid::regclass::text from pg_class
    where relkind = 'r' and relnamespace in ('polar'::regnamespace, 'fynn'::regnamespace, 'sync'::regnamespace, 'history'::regnamespace)
      and relname not in ('migrations', 'histories', 'views', 'report_keys') and pg_relation_size(oid) > 0
  loop execute 'delete from ' || used; end loop;
end $$`;

/** Empties every table, as if the database were new. */
export async function empty(db: Database): Promise<void> {
  await db.pool.query(EMPTY);
}

/** Runs SQL that foreign keys would refuse. */
export async function damage({ pool }: Pick<Database, 'pool'>, ...statements: string[]): Promise<void> {
  await pool.query(`begin; set local session_replication_role = replica; ${statements.join('; ')}; commit`);
}

/** SQL for another value of a column, as near to its own as its type allows. */
export function otherValue(column: string, sqlType: string): string {
  const [, type = '', scale = '0'] = /^([a-z ]+)(?:\(\d+, ?(\d+)\))?$/.exec(sqlType) ?? [];
  const values: Record<string, string> = {
    uuid: 'gen_random_uuid()',
    text: `coalesce(${column}, '') || ' '`,
    boolean: `${column} is not true`,
    integer: `coalesce(${column}, 0) + 1`,
    bigint: `coalesce(${column}, 0) + 1`,
    jsonb: `'{"other": 1}'`,
    'timestamp with time zone': `coalesce(${column}, now()) + interval '1 microsecond'`,
    numeric: `coalesce(${column}, 0) + 1e-${scale}`,
  };
  const { [type]: value } = values;
  if (value === undefined) throw new Error(`no other value of type ${sqlType} is known`);
  return value;
}
