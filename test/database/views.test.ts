import { beforeEach, expect, test } from 'vitest';
import type { Client } from 'pg';
import { parseConfig } from '../../src/config/config.ts';
import { migrate } from '../../src/database/migrate.ts';
import { dropViews, type View } from '../../src/database/views.ts';
import { FatalError } from '../../src/model/errors.ts';
import { reportingViews } from '../../src/reporting/reporting-views.ts';
import { asNewRole, connectClient, freshDatabaseUrl } from '../support/database.ts';
import { olderDatabaseUrl } from '../support/older-database.ts';

const view = (name: string, select: string): View => ({
  name: `shown.${name}`,
  sql: `create view shown.${name} as ${select}`,
  columnComments: { id: 'The id' },
});

const first = [view('numbers', 'select 1 as id, 2 as two'), view('doubled', 'select id * 2 as id from shown.numbers')];
const wider = [view('numbers', 'select 1 as id, 2 as two, 3 as three'), ...first.slice(1)];
const reshaped = [view('numbers', `select 'one' as id`), view('doubled', 'select id || id as id from shown.numbers')];

let url: string;
let client: Client;
beforeEach(async () => {
  url = await freshDatabaseUrl();
  client = await connectClient(url);
  await migrate({ url }, first);
});

const read = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;

test('views are created in their order, with comments, and those that are no longer wanted are dropped', async () => {
  expect(await read('select * from shown.doubled')).toEqual([{ id: 2 }]);
  expect(await read(`select col_description('shown.doubled'::regclass, 1) as comment`)).toEqual([
    { comment: 'The id' },
  ]);
  expect(await read(`select to_regclass('analytics.checkouts') as old`)).toEqual([{ old: null }]);
});

test('a view whose columns change takes its dependents and its grants along', async () => {
  const { role } = await asNewRole(url, 'secret');
  await client.query(`grant select on shown.numbers, shown.doubled to ${role}`);
  await migrate({ url }, reshaped);
  expect(await read('select * from shown.doubled')).toEqual([{ id: 'oneone' }]);
  const granted = `select has_table_privilege('${role}', name, 'select') as granted from sync.views order by name`;
  expect(await read(granted)).toEqual([{ granted: true }, { granted: true }]);
  expect(await read(`select relname from pg_class where relname like '%__old'`)).toEqual([]);
});

test('a user’s view keeps working while columns are added, and stops the migration where they change', async () => {
  await client.query('create view mine as select two from shown.numbers; create view also_mine as select * from mine');
  await migrate({ url }, wider);
  expect(await read('select * from mine, shown.numbers')).toEqual([{ two: 2, id: 1, three: 3 }]);
  const refused = migrate({ url }, reshaped);
  await expect(refused).rejects.toBeInstanceOf(FatalError);
  await expect(refused).rejects.toThrow(
    /^views for reports have to be dropped, and objects that are not checkout-sync's depend on them: view mine depends on view shown\.numbers; view also_mine depends on view mine\./,
  );
  expect(await read('select * from mine, shown.doubled')).toEqual([{ two: 2, id: 2 }]);
  await client.query('drop view mine cascade');
  await migrate({ url }, reshaped);
});

test('a view on one that keeps its columns is not in the way when those below it change', async () => {
  await client.query('create view mine as select id from shown.doubled');
  await migrate({ url }, [view('numbers', 'select 3 as id'), ...first.slice(1)]);
  expect(await read('select * from mine')).toEqual([{ id: 6 }]);
});

test('a view that somebody dropped is created again, and views that are up to date need no rights', async () => {
  await client.query('drop view shown.doubled');
  await migrate({ url }, first);
  expect(await read('select * from shown.doubled')).toEqual([{ id: 2 }]);
  const lesser = await asNewRole(url, 'secret');
  await client.query(
    `grant usage on schema sync to ${lesser.role}; grant select on all tables in schema sync to ${lesser.role}`,
  );
  await migrate({ url: lesser.url }, first);
  await expect(migrate({ url: lesser.url }, wider)).rejects.toThrow(
    /^the views for reports cannot be brought up to date: .*run npx checkout-sync migrate once as the owner of the tables/,
  );
  await expect(migrate({ url: lesser.url }, [{ ...first[0]!, name: 'other.numbers' }])).rejects.toThrow(
    /permission denied for database/,
  );
});

test('views in the way of a migration are dropped with their grants noted, and a user’s view on top stops that', async () => {
  const { role } = await asNewRole(url, 'secret');
  await client.query(`grant select on shown.numbers to ${role}; create view mine as select * from shown.numbers`);
  await expect(dropViews(client, first)).rejects.toThrow('view mine depends on view shown.numbers');
  await client.query('drop view mine');
  expect(await dropViews(client, first)).toEqual([`grant SELECT on shown.numbers to ${role}`]);
  expect(await read(`select to_regclass('shown.numbers') as ours`)).toEqual([{ ours: null }]);
  await migrate({ url }, first);
  await dropViews(client, first.slice(0, 1)); // the second is obsolete, and reads the first
  expect(await read(`select to_regclass('shown.doubled') as obsolete`)).toEqual([{ obsolete: null }]);
});

test('a view or table of somebody else that has the name of ours stops the migration, and is left as it is', async () => {
  const theirs = `create view shown.taken as select 'theirs' as whose`;
  for (const create of [theirs, theirs.replace('view', 'table')]) {
    await client.query(create);
    await expect(migrate({ url }, [...first, view('taken', 'select 1 as id')])).rejects.toThrow(
      /others are there that are not its own: shown\.taken\. Rename these/,
    );
    expect(await dropViews(client, [view('taken', '')])).toEqual([]);
    expect(await read('select * from shown.taken')).toEqual([{ whose: 'theirs' }]);
    await client.query(create.includes('view') ? 'drop view shown.taken' : 'drop table shown.taken');
  }
  const older = await olderDatabaseUrl('0007_product-benefits'); // the next migration drops sync.budgets.expire
  const session = await connectClient(older);
  await session.query('create schema shown; create view shown.numbers as select key as id, expire from sync.budgets');
  await expect(migrate({ url: older }, first)).rejects.toThrow(
    'the schema cannot be migrated: cannot drop column expire',
  );
  await session.query('drop view shown.numbers');
  await migrate({ url: older }, first);
});

test('another time zone or other keys change the views', async () => {
  const { report } = parseConfig({});
  const dayOf = async () => (await read(`select pg_get_viewdef('analytics.checkouts') as sql`))[0]?.sql;
  await migrate({ url }, reportingViews(report));
  expect(await dayOf()).toContain(`'UTC'`);
  await migrate(
    { url },
    reportingViews(parseConfig({ REPORT_TIMEZONE: 'Asia/Kolkata', REPORT_METADATA_KEYS: `it's` }).report),
  );
  expect(await dayOf()).toContain(`'Asia/Kolkata'`);
  expect(await read('select utm_source, metadata from analytics.checkouts')).toEqual([]);
});
