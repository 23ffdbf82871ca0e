import { expect, test } from 'vitest';
import { migrate, pendingMigrations } from '../../src/database/migrate.ts';
import { ConfigError } from '../../src/model/errors.ts';
import { connectClient, freshDatabaseUrl } from '../support/database.ts';
import { olderDatabaseUrl } from '../support/older-database.ts';

const REFUSED =
  'this database was brought up to date by a newer checkout-sync: stop this version and start the new one';

test('what a version without accounts stored belongs to the account without a name, and that version is refused', async () => {
  const url = await olderDatabaseUrl('0011_skewed');
  const client = await connectClient(url);
  await client.query(`
    insert into polar.checkout_links (id, observed_at) values (gen_random_uuid(), now());
    insert into sync.sightings values ('polar.organization_id', 'one', 'https://api.polar.sh', 'x', now()), ('polar.organization_id', 'two', 'https://api.polar.sh', 'y', now());
    insert into sync.runs (stream, mode, list, walk_id, started_at, records) values
      ('fynn.price_plans', 'full', 'https://acme.example x {}', gen_random_uuid(), now(), 3),
      ('fynn.price_plans', 'full', 'https://typing-error.example x {}', gen_random_uuid(), now(), 0);
    insert into sync.leases (stream, token, holder, acquired_at, expires_at) values ('polar.checkouts', 1, 'h', now(), now())`);
  await migrate({ url });
  const accountOf = async (table: string) => (await client.query(`select distinct account from ${table}`)).rows;
  for (const table of ['polar.checkout_links', 'sync.sightings', 'sync.runs'])
    expect(await accountOf(table)).toEqual([{ account: 'default' }]);
  const { rows: accounts } = await client.query('select source, account, identity from sync.accounts order by 1');
  expect(accounts).toEqual([
    { source: 'fynn', account: 'default', identity: ['https://acme.example'] },
    { source: 'polar', account: 'default', identity: ['one', 'two'] },
  ]);
  // As the versions before said it.
  const older = [
    `insert into sync.leases as l (stream, token, holder, acquired_at, expires_at) values ('polar.checkouts', 1, 'h', now(), now()) on conflict (stream) do update set token = l.token + 1`,
    `update sync.leases set expires_at = now() where stream = 'polar.checkouts' and token = 1`,
    `insert into sync.sightings (kind, id, address, credential, first_seen_at) values ('a', 'b', 'c', 'd', now()) on conflict do nothing`,
  ];
  for (const statement of older) await expect(client.query(statement)).rejects.toThrow(REFUSED);
  await expect(
    client.query('insert into polar.checkout_links (id, observed_at) values (gen_random_uuid(), now())'),
  ).rejects.toThrow(/null value in column "account"/);
});

test('a database that a newer version brought up to date is refused in one line', async () => {
  const url = await freshDatabaseUrl('template0');
  const { applied: known } = await migrate({ url });
  const client = await connectClient(url);
  await client.query(`insert into sync.migrations (hash, created_at) values ('newer', 9999999999999)`);
  const refusal = new ConfigError(
    'CS2203',
    `this database was brought up to date by a newer checkout-sync (${known + 1} migrations, this version knows ${known}): stop this version and start the new one`,
  );
  await expect(migrate({ url })).rejects.toThrow(refusal);
  await expect(pendingMigrations({ pool: client })).rejects.toThrow(refusal);
});
