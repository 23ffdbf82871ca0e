import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { acquireLease } from '../../src/ledger/lease.ts';
import { freshDatabase } from '../support/database.ts';
import { startFynn } from '../support/fynn.ts';
import { startPolar } from '../support/polar.ts';
import { contents, rows, value } from '../support/records.ts';
import { call } from '../support/run.ts';
import { shared } from '../support/shared.ts';
import { CORE_STREAMS } from '../support/source.ts';

/** Two accounts of Polar and one of Fynn, synced into one database; what a test removes of them, it syncs again. */
const synced = shared(async () => {
  const db = await freshDatabase();
  const [one, acme] = [
    await startPolar({ seed: 1, links: 4, checkouts: 6 }),
    await startPolar({ seed: 2, links: 3, checkouts: 5 }),
  ];
  const fynn = await startFynn({ links: 3 });
  const settings = {
    DATABASE_URL: db.url,
    POLAR_ACCESS_TOKEN: one.token,
    POLAR_API_URL: one.url,
    POLAR_ACCESS_TOKEN__ACME: acme.token,
    POLAR_API_URL__ACME: acme.url,
    FYNN_API_KEY: fynn.apiKey,
    FYNN_API_URL: fynn.url,
    FYNN_REQUESTS_PER_MINUTE: '1000000',
    ...CORE_STREAMS,
    POLAR_STREAMS__ACME: CORE_STREAMS.POLAR_STREAMS,
  };
  expect(await call(['sync', '--json'], settings)).toMatchObject({ code: 0 });
  return { db, acme, settings };
});

const accountsIn = async (db: Database, table: string) =>
  (await rows(db, `select distinct account from ${table} order by 1`)).map(({ account }) => account);

test('accounts lists each account with its owner and what is stored for it, and removes one with all its rows and nothing else', async () => {
  const { db, settings } = synced();
  const listed = await call(['accounts', '--json'], settings);
  const { accounts } = JSON.parse(listed.stdout);
  expect(accounts).toMatchObject([
    { source: 'fynn', account: 'default', isConfigured: true, identity: [settings.FYNN_API_URL] },
    { source: 'polar', account: 'acme', isConfigured: true, identity: [expect.any(String)] },
    { source: 'polar', account: 'default', isConfigured: true, identity: [expect.any(String)] },
  ]);
  expect(accounts[1].streams).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ stream: 'polar.checkouts', rows: 5 })]),
  );

  const before = await contents(db);
  const asked = await call(['accounts', 'remove', 'acme'], settings);
  expect(asked.stderr).toBe('');
  expect(asked).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/rows of the account acme of polar .* would be deleted: add --yes/),
  });
  expect(await contents(db)).toEqual(before);

  const lease = await acquireLease(db, { account: 'acme', stream: 'polar.checkouts' }, 'full');
  const held = await call(['accounts', 'remove', 'acme', '--yes'], settings);
  expect(held).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/polar.checkouts.* is being walked by another process/),
  });
  expect(await contents(db)).toEqual(before);
  await lease.release();

  expect(await call(['accounts', 'remove', 'ACME', '--yes'], settings)).toMatchObject({ code: 0 });
  for (const table of [
    'polar.checkout_links',
    'polar.checkouts',
    'polar.products',
    'polar.checkout_products',
    'sync.runs',
    'sync.sightings',
  ])
    expect(await accountsIn(db, table), table).toEqual(['default']);
  expect(await value(db, 'select count(*)::int from sync.accounts')).toBe(2);
  expect(await value(db, 'select count(*)::int from fynn.checkout_links')).toBe(3);

  expect(await call(['sync', '--account', 'acme', '--json'], settings)).toMatchObject({ code: 0 });
  expect(await value(db, `select count(*)::int from polar.checkouts where account = 'acme'`)).toBe(5);
});

test('pull names the account that has each record, and with --account asks no other', async () => {
  const { acme, settings } = synced();
  const [id = ''] = acme.polar.checkouts.keys();
  const json = JSON.parse((await call(['pull', 'polar.checkouts', id, '--json'], settings)).stdout);
  expect(json).toEqual({ pulled: [{ account: 'acme', id, outcome: 'unchanged' }] });
  expect((await call(['pull', 'polar.checkouts', id], settings)).stdout).toBe(`${id}  unchanged (account acme)\n`);
  expect(await call(['pull', 'polar.checkouts', id, '--account', 'Default'], settings)).toMatchObject({
    code: 1,
    stdout: `${id}  not found\n`,
  });
});

test('an account that there is not is said with the nearest that there is', async () => {
  const { settings } = synced();
  for (const args of [
    ['sync', '--account', 'acne'],
    ['status', '--account', 'acne'],
    ['verify', '--account', 'acne'],
  ])
    expect(await call(args, settings)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('acne is not an account: did you mean acme? Accounts: default, acme'),
    });
  expect(await call(['accounts', 'remove', 'acne'], settings)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nothing is stored for an account acne: did you mean acme?'),
  });
});
