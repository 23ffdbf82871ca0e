import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/model/errors.ts';
import { openSession, checkDatabase } from '../../src/database/check-database.ts';
import { requireTablesAsWritten } from '../../src/database/check-tables.ts';
import { migrate } from '../../src/database/migrate.ts';
import { reportingViews } from '../../src/reporting/reporting-views.ts';
import { asNewRole, DROP_VIEWS, connectClient, freshDatabaseUrl } from '../support/database.ts';

const SCHEMAS = ['polar', 'fynn', 'sync', 'history'];
const VIEWS = reportingViews(parseConfig({}).report);
const WELL = /^\d+ tables are as the migrations made them$/;

/** Damages to the tables, with the doctor's message, and any problems that follow from them. */
const damages: Record<string, [sql: string, says: string]> = {
  'a renamed column': [
    'alter table polar.checkouts rename amount to total',
    'column polar.checkouts.amount is missing: as the owner, alter table polar.checkouts rename column total to amount',
  ],
  'a dropped column': [
    'alter table polar.checkouts drop column net_amount',
    'column polar.checkouts.net_amount is missing: as the owner, alter table polar.checkouts add column net_amount bigint',
  ],
  'a dropped column of another kind': [
    'alter table polar.products drop column extra',
    `column polar.products.extra is missing: as the owner, alter table polar.products add column extra jsonb default '{}' not null`,
  ],
  'a column of another type': [
    'alter table polar.checkouts alter column amount type integer',
    'column polar.checkouts.amount is integer, not bigint',
  ],
  'a column of another precision': [
    'alter table polar.product_prices alter column unit_amount type numeric(10, 2)',
    'column polar.product_prices.unit_amount is numeric(10,2), not numeric(17,12)',
  ],
  'a column that is not computed any more': [
    'alter table polar.checkouts alter column version_at drop expression',
    'column polar.checkouts.version_at is not computed as it was',
  ],
  'a column that is computed otherwise': [
    'alter table polar.checkouts drop column version_at, add column version_at timestamptz generated always as (created_at) stored',
    'column polar.checkouts.version_at is not computed as it was',
  ],
  'a column that may be null': [
    'alter table polar.checkouts alter column extra drop not null',
    'column polar.checkouts.extra may be null',
  ],
  'a column that may not be null': [
    'alter table polar.checkouts alter column customer_name set not null',
    'column polar.checkouts.customer_name may not be null',
  ],
  'a lost default': ['alter table sync.runs alter column id drop default', 'column sync.runs.id has no default'],
  'a column that is not numbered any more': [
    'alter table sync.changes alter column seq drop identity',
    'column sync.changes.seq does not number its rows: as the owner, alter table sync.changes alter column seq add generated always as identity',
  ],
  'a dropped primary key': [
    'alter table polar.discounts drop constraint discounts_pkey cascade',
    'polar.discounts has no primary key (id); polar.checkout_links has no valid foreign key (discount_id) to polar.discounts',
  ],
  'a dropped foreign key': [
    'alter table polar.checkouts drop constraint checkouts_product_id_products_id_fk',
    'polar.checkouts has no valid foreign key (product_id) to polar.products',
  ],
  'a foreign key that was never checked': [
    `alter table polar.checkouts drop constraint checkouts_product_id_products_id_fk,
       add foreign key (product_id) references polar.products (id) not valid`,
    'polar.checkouts has no valid foreign key (product_id) to polar.products',
  ],
  'foreign keys that are turned off': [
    'alter table polar.checkouts disable trigger all',
    'polar.checkouts has its foreign keys turned off',
  ],
  'a dropped index': [
    'drop index polar.checkouts_created_at_index',
    'polar.checkouts has no valid index on (created_at)',
  ],
  'a dropped partial index': [
    'drop index sync.runs_account_stream_walked_index',
    `sync.runs has no valid index on (account, stream, walk_started_at) where outcome = 'complete' or unreadable > 0`,
  ],
  'a dropped index on an expression': [
    'drop index sync.runs_account_stream_latest_index',
    'sync.runs has no valid index on (account, stream, greatest(started_at, finished_at))',
  ],
  'an index on a part of the rows': [
    'drop index polar.checkouts_created_at_index; create index on polar.checkouts (created_at) where deleted_at is null',
    'polar.checkouts has no valid index on (created_at)',
  ],
  'a column of the user that no row can fill': [
    'alter table polar.checkouts add column tenant text not null',
    'column polar.checkouts.tenant, which was added, is not null and has no default, so that no row can be stored',
  ],
  'a table that a crash empties': [
    'alter table sync.webhook_events set unlogged',
    'sync.webhook_events is unlogged, so that a crash empties it',
  ],
};

test('the doctor sees what was done to the tables, and the SQL that it names mends it', async () => {
  const client = await connectClient(await freshDatabaseUrl());
  for (const [name, [sql, says]] of Object.entries(damages)) {
    await client.query('begin');
    await client.query(DROP_VIEWS);
    await client.query(sql);
    expect(await adviceFor(client), name).toContain(says);
    // An advice names three differences at most.
    for (const _ of [1, 2]) for (const fix of fixesIn(await adviceFor(client))) await client.query(fix);
    expect(await requireTablesAsWritten(client, SCHEMAS), name).toMatch(WELL);
    await client.query('rollback');
  }
});

const adviceFor = (client: Client) =>
  requireTablesAsWritten(client, SCHEMAS).then(
    () => 'nothing',
    (error: Error) => error.message,
  );

/** The statements of an advice, without its words for people. */
function fixesIn(advice: string): string[] {
  const [, fixes = ''] = advice.split(': as the owner, ');
  return fixes.split('; ').flatMap((fix) => (fix.startsWith('then ') ? [] : [fix.replace(/, or .*/, '')]));
}

test('a column that views read gets its type back by the advice, and the views by migrate', async () => {
  const url = await freshDatabaseUrl();
  const client = await connectClient(url);
  await client.query(`${DROP_VIEWS}; alter table polar.checkouts alter column amount type integer`);
  await migrate({ url }, VIEWS);
  const advice = await adviceFor(client);
  expect(advice).toMatch(/alter column amount type bigint; then run npx checkout-sync migrate$/);
  for (const fix of fixesIn(advice)) await client.query(fix);
  const viewsOf = async () =>
    (await checkDatabase(client, SCHEMAS, VIEWS)).find(({ check }) => check === 'database.views');
  expect(await viewsOf()).toMatchObject({
    state: 'problem',
    advice: expect.stringContaining('npx checkout-sync migrate'),
  });
  await migrate({ url }, VIEWS);
  expect(await requireTablesAsWritten(client, SCHEMAS)).toMatch(WELL);
  expect(await viewsOf()).toMatchObject({ state: 'ok' });
  const inAnotherZone = reportingViews(parseConfig({ REPORT_TIMEZONE: 'Asia/Tokyo' }).report);
  expect(
    (await checkDatabase(client, SCHEMAS, inAnotherZone)).filter(({ state }) => state === 'problem'),
  ).toMatchObject([{ check: 'database.views' }]);
});

test('a missing table is named, and what is not turned on is left alone', async () => {
  const client = await connectClient(await freshDatabaseUrl());
  await client.query(`${DROP_VIEWS}; drop table fynn.checkout_link_items`);
  await expect(requireTablesAsWritten(client, SCHEMAS)).rejects.toThrow('table fynn.checkout_link_items is missing');
  expect(await requireTablesAsWritten(client, ['polar', 'sync'])).toMatch(WELL);
});

test('row-level security is a problem of the roles that it applies to', async () => {
  const url = await freshDatabaseUrl();
  const owner = await connectClient(url);
  await owner.query('alter table polar.checkouts enable row level security');
  expect(await requireTablesAsWritten(owner, SCHEMAS)).toMatch(WELL);
  const { url: as } = await asNewRole(url, 'of-the-app');
  await expect(requireTablesAsWritten(await connectClient(as), SCHEMAS)).rejects.toThrow(
    'polar.checkouts has row-level security, which hides rows from this role and refuses others: as the owner, alter table polar.checkouts disable row level security, or give the role bypassrls',
  );
});

test("a user's own columns, indexes, views and tables are fine; what may refuse rows is named", async () => {
  const client = await connectClient(await freshDatabaseUrl());
  await client.query(`
    alter table polar.checkouts add column tenant text, add column region text not null default 'eu';
    create index on polar.checkouts (tenant, created_at desc);
    create view polar.paid as select * from polar.checkouts where status = 'succeeded';
    create table polar.notes (id serial);
    drop index polar.checkouts_status_index; create index on polar.checkouts (status, created_at)`);
  expect(await requireTablesAsWritten(client, SCHEMAS)).toMatch(WELL);
  await client.query(`
    create function refuse() returns trigger language plpgsql as 'begin return null; end';
    create trigger guard before insert on polar.checkouts for each row execute function refuse();
    alter table polar.checkouts add constraint paid check (amount >= 0)`);
  expect(await requireTablesAsWritten(client, SCHEMAS)).toMatch(
    /made them; beside them trigger guard on polar\.checkouts, constraint paid on polar\.checkouts, which may refuse or change rows$/,
  );
});

test('a database that is not in UTF-8 is refused by migrate and the doctor, with what to do', async () => {
  const admin = await connectClient(inject('postgresUrl'));
  const name = `test_${randomBytes(6).toString('hex')}`;
  await admin.query(`create database ${name} encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0`);
  onTestFinished(() =>
    connectClient(inject('postgresUrl'))
      .then((client) => client.query(`drop database ${name}`))
      .then(() => undefined),
  );
  const url = Object.assign(new URL(inject('postgresUrl')), { pathname: `/${name}` }).href;
  const refused = migrate({ url });
  await expect(refused).rejects.toThrow(
    `DATABASE_URL points to a database whose encoding is LATIN1: UTF-8 is needed; create another one (create database ${name}_utf8 encoding 'UTF8' template template0)`,
  );
  await expect(refused).rejects.toBeInstanceOf(ConfigError);
  const { session } = await openSession(url, {});
  const checks = session ? await checkDatabase(session.client, SCHEMAS, VIEWS) : [];
  await session?.close();
  expect(checks.filter(({ state }) => state === 'problem').map(({ check }) => check)).toEqual([
    'database.encoding',
    'database.migrations',
  ]);
});
