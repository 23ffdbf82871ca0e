import type pg from 'pg';
import { expect, test } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { connectClient } from '../support/database.ts';
import {
  fillOlderDatabase,
  placed,
  readOlderDatabase,
  type OlderDatabase,
  type PLACES,
} from '../support/databases/recorded.ts';
import { serveRecorded } from '../support/databases/serve.ts';
import { olderDatabaseUrl } from '../support/older-database.ts';
import { call } from '../support/run.ts';
import { CORE_STREAMS } from '../support/source.ts';

/** Tables whose rows the migrations change on purpose, and keys that they take out of `extra`, as only webhooks showed them. */
const CHANGED = new Set(['sync.leases', 'sync.rejected_records']);
const DROPPED = ['is_deletable', 'attached_custom_fields', 'products'];

const count = async (client: pg.Client, sql: string): Promise<number> =>
  (await client.query<{ count: number }>(`select count(*)::int as count from ${sql}`)).rows[0]?.count ?? 0;

/** Rows of the recording that are not stored any more, with what they held. */
async function lost(client: pg.Client, { tables }: OlderDatabase, urls: typeof PLACES): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const [name, text] of Object.entries(tables)) {
    if (CHANGED.has(name)) continue;
    const { rows } = await client.query(
      `select '${name}' as table, row from jsonb_array_elements($1) as stored,
         lateral (select case when stored ? 'extra' then stored || jsonb_build_object('extra', (stored -> 'extra') - $2::text[]) else stored end as row) as r
       where not exists (select from ${name} t where to_jsonb(t) @> row)`,
      [placed(text, urls), DROPPED],
    );
    found.push(...rows);
  }
  return found;
}

/** The accounts of every row that has one. */
async function accountsIn(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.columns
     where column_name = 'account' and table_schema in ('polar', 'fynn', 'sync')`,
  );
  const all = tables.map(({ name }) => `select account from ${name}`).join(' union ');
  return (await client.query<{ account: string }>(all)).rows.map(({ account }) => account);
}

/** Dates the bookkeeping as if the older version had stopped a moment ago: walks and runs of long ago are treated otherwise. */
async function bringUpToDate(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ age: string; updates: string[] }>(
    `select (now() - (select max(updated_at) from sync.checkpoints))::text as age, array_agg(
       format('update sync.%I set %s', table_name, sets)) as updates
     from (select table_name, string_agg(format('%I = %1$I + $1::interval', column_name), ', ') as sets
       from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_schema = 'sync' and table_name <> 'leases' and table_type = 'BASE TABLE' and data_type = 'timestamp with time zone' group by 1) as dated`,
  );
  for (const update of rows[0]?.updates ?? []) await client.query(update, [rows[0]?.age]);
}

const STREAMS = ['polar.checkout_links', 'polar.checkouts', 'fynn.checkout_links', 'fynn.price_plans'];

/** Walks every stream to its end, with these counts. */
async function syncWhole(settings: Record<string, string>, counts: Record<string, number>): Promise<void> {
  const { stdout, ...ended } = await call(['sync', '--mode', 'full', '--json'], settings);
  const runs = STREAMS.map((stream) => ({ stream, account: 'default', outcome: 'complete', ...counts }));
  expect({ ...ended, stdout: JSON.parse(stdout) }).toMatchObject({ code: 0, stdout: { runs } });
}

test.each(['0003_fynn', '0007_product-benefits', '0011_skewed'])(
  'a database that the version of migration %s filled keeps every row, goes on with its walk, and ends equal to the sources',
  async (migration) => {
    const recorded = readOlderDatabase(migration);
    const [url, source] = [await olderDatabaseUrl(migration), await serveRecorded(recorded)];
    const client = await connectClient(url);
    await client.query(`set timezone = 'UTC'`);
    const urls = { polar: source, fynn: source };
    await fillOlderDatabase(client, recorded, urls);
    const rejected = await count(client, 'sync.rejected_records');
    const runs = await count(client, 'sync.runs');
    expect(await count(client, 'polar.checkout_links where deleted_at is not null')).toBe(1);
    expect(await count(client, 'sync.webhook_events')).toBeGreaterThan(2);
    expect(await count(client, 'sync.seen_pages')).toBeGreaterThan(1);
    expect(rejected).toBeGreaterThan(0);

    await migrate({ url });
    expect(await lost(client, recorded, urls)).toEqual([]);
    expect(await accountsIn(client)).toEqual(['default']);
    expect(await count(client, 'sync.rejected_records')).toBe(rejected);

    await bringUpToDate(client);
    const settings = {
      ...recorded.settings,
      ...CORE_STREAMS,
      FYNN_STREAMS: 'checkout_links,price_plans',
      DATABASE_URL: url,
      POLAR_API_URL: source,
      FYNN_API_URL: source,
      ALLOW_INSECURE_HTTP: '1',
      FYNN_REQUESTS_PER_MINUTE: '100000',
    };
    await syncWhole(settings, { rejected: 0 });
    expect(
      await count(client, '(select from sync.runs group by walk_id having count(*) > 1) as resumed'),
    ).toBeGreaterThan(0);
    // The walk that was killed had met the rejected record: the next one does no more.
    await syncWhole(settings, { inserted: 0, updated: 0, tombstoned: 0, rejected: 0 });
    expect(await call(['verify', '--json'], settings)).toMatchObject({ code: 0, stderr: '' });
    expect(await count(client, 'sync.runs')).toBe(runs + 2 * STREAMS.length);
    expect(await count(client, 'sync.rejected_records where resolved_at is null')).toBe(0);
    expect(await count(client, 'polar.checkout_links where deleted_at is not null')).toBe(1);
    expect(await accountsIn(client)).toEqual(['default']);
  },
);
