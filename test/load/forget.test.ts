import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase, type Database } from '../../src/database/database.ts';
import { forgetPerson } from '../../src/load/forget.ts';
import { createLogger } from '../../src/model/log.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { fynnStreams } from '../../src/sources/fynn/index.ts';
import { sourceEntities } from '../../src/sources/index.ts';
import { restrain } from '../../src/sync/restrain.ts';
import { commitRecords } from '../../src/load/commit.ts';
import { differences } from '../oracle/oracle.ts';
import { freshDatabase, freshDatabaseUrl } from '../support/database.ts';
import {
  leaksIn,
  leaksOf,
  plantedPerson,
  plantSessions,
  rowsOf,
  sessionOf,
  unknownOf,
} from '../support/planted-person.ts';
import { startPolar, syncing, type Syncing } from '../support/polar.ts';
import { at, fynnOrigin, polarOrigin, rows, uuid, value, entityOf } from '../support/records.ts';
import { call, start } from '../support/run.ts';
import { sendWebhook } from '../support/send-webhook.ts';
import { until } from '../support/service.ts';

const ada = plantedPerson('ada', 7);
const bea = plantedPerson('bea', 5);
const plan = { sources: sourceEntities, privacy: { privateColumns: new Set<string>() } };
const STREAM = 'polar.checkouts';

/** A simulated Polar with sessions of two people, synced, and records of both in every other place that takes any. */
async function planted(database: Database | Promise<Database> = freshDatabase()) {
  const polar = await startPolar({ links: 1, checkouts: 30 });
  const db = await database;
  const [one = '', two = '', three = '', four = ''] = polar.polar.checkouts.keys();
  plantSessions(polar, ada, [one, two]);
  plantSessions(polar, bea, [three, four]);
  const syncer = syncing(polar, db);
  for (const person of [ada, bea]) await plantElsewhere(db, person);
  expect(await syncer.sync(STREAM)).toMatchObject({ outcome: 'complete', rejected: 0 });
  return { polar, db, syncer, hers: [one, two], theirs: [three, four] };
}

type Person = typeof ada;

async function plantElsewhere(db: Database, person: Person): Promise<void> {
  const rejected: JsonObject = { ...sessionOf(person), ...unknownOf(person), id: person.name };
  await commitRecords(db, polarOrigin, entityOf(STREAM), { records: [rejected], observedAt: at(1) });
  const customer = { id: person.customerId, email: person.email, name: person.name };
  const price = { id: `price of ${person.externalId.slice(5, 8)}`, amount: 1, customer, note: `for ${person.email}` };
  await commitRecords(db, fynnOrigin, fynnStreams['fynn.price_plans'], { records: [price], observedAt: at(1) });
  const link = (label: string): JsonObject => ({
    id: uuid(9),
    label,
    metadata: { asks: `${person.email}?` },
    products: [],
  });
  for (const [index, label] of [person.email.slice(0, 3), 'same'].entries())
    await commitRecords(db, polarOrigin, entityOf('polar.checkout_links'), {
      records: [link(label)],
      observedAt: at(index),
    });
  await db.pool.query(
    `insert into sync.runs (account, stream, mode, list, walk_id, started_at, finished_at, outcome, error)
     values ('default', 'polar.checkouts', 'full', '', gen_random_uuid(), now(), now(), 'failed', $1)`,
    [`a trigger says: ${person.name} <${person.email}> lives at ${person.street}`],
  );
}

/** Walks, pulls, and takes a webhook: everything by which records come. */
async function takeAll({ syncer, polar, hers }: Awaited<ReturnType<typeof planted>>): Promise<void> {
  const [id = ''] = hers;
  expect(await syncer.sync(STREAM)).toMatchObject({ outcome: 'complete', updated: 0 });
  expect(await syncer.pull(STREAM, ...hers)).toEqual(hers.map((one) => ({ id: one, outcome: 'unchanged' })));
  polar.polar.updateCheckout(id, { customer_name: ada.name, locale: 'fr' });
  expect(await sendWebhook(syncer.context, polar, { type: 'checkout.updated', id })).toEqual(['applied']);
  await plantElsewhere(syncer.context.db, { ...ada, customerId: ada.customerId });
}

async function expectEqual(syncer: Syncing): Promise<void> {
  expect(await syncer.verify(STREAM)).toMatchObject({ error: undefined, differences: [], behind: 0 });
}

test('somebody who is forgotten is in no table, and does not come back by a walk, a pull or a webhook; others stay as they are', async () => {
  const merchant = await planted();
  const { polar, db, syncer, hers, theirs } = merchant;
  const others = await rowsOf(db, theirs);
  const beasLeaks = await leaksOf(db, bea);
  expect(await leaksOf(db, ada)).toHaveLength(beasLeaks.length);
  const settings = { DATABASE_URL: db.url };
  const preview = await call(['forget', ada.email.toUpperCase()], settings);
  expect(preview).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('2 rows of polar.checkouts would be emptied'),
  });
  expect(await leaksOf(db, ada)).toHaveLength(beasLeaks.length);
  const from = await value(db, 'select max(seq) from sync.changes');
  const done = await call(['forget', ada.email.toUpperCase(), '--yes', '--json'], { ...settings, LOG_LEVEL: 'debug' });
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toEqual({
    done: true,
    tables: {
      'polar.checkouts': 2,
      'fynn.price_plans': 1,
      'sync.rejected_records': 1,
      'sync.runs': 1,
      'history.checkout_links': 2,
    },
  });
  expect(await leaksOf(db, ada)).toEqual([]);
  const logged = await rows(db, 'select relation, op, via, account from sync.changes where seq > $1 order by 1', [
    from,
  ]);
  expect(logged.map(({ relation }) => relation)).toEqual(['fynn.price_plans', 'polar.checkouts', 'polar.checkouts']);
  await takeAll(merchant);
  await db.pool.query('delete from sync.runs where outcome = $1', ['failed']);
  expect(await leaksOf(db, ada)).toEqual([]);
  await expectEqual(syncer);
  expect(await rowsOf(db, theirs)).toEqual(others);
  await syncer.sync('polar.checkout_links');
  const unlike = await differences(polar, db);
  expect(unlike.filter((line) => ![...hers, ...theirs, uuid(9)].some((id) => line.includes(id)))).toEqual([]);
  expect(await leaksOf(db, bea)).toEqual(beasLeaks);
  expect(
    await rows(
      db,
      `select customer_id, customer_email, customer_billing_address, metadata from polar.checkouts where id = $1`,
      [hers[0]],
    ),
  ).toEqual([
    {
      customer_id: ada.customerId,
      customer_email: null,
      customer_billing_address: {
        country: 'CA',
        line1: null,
        line2: null,
        postal_code: null,
        city: null,
        state: 'CA-ON',
      },
      metadata: { contact: '[erased]', phone: '[erased]', plan: 'gold', seats: 3 },
    },
  ]);
  expect(preview.stdout + done.stdout + done.stderr).not.toMatch(/ada/i);
  expect(await call(['forget', ada.email, '--yes', '--json'], settings)).toMatchObject({
    code: 0,
    stdout: '{"done":true,"tables":{}}\n',
  });
});

test.each([
  ['customer id', ada.customerId],
  ['id in the merchant’s own system', ada.externalId],
])('somebody is forgotten by their %s', async (_kind, person) => {
  const { db, syncer } = await planted();
  expect(await call(['forget', person, '--yes'], { DATABASE_URL: db.url })).toMatchObject({ code: 0 });
  await syncer.sync(STREAM);
  expect(await leaksOf(db, ada)).toEqual([]);
  await expectEqual(syncer);
});

test('all of many rejected records lose the person, and those that are the same by then are one', async () => {
  const db = await freshDatabase();
  await db.pool.query(
    `insert into sync.rejected_records (account, stream, fingerprint, record_id, reason, payload, first_seen_at, last_seen_at)
     select 'default', 'polar.checkouts', md5(n::text), 'record ' || n, 'no id',
       jsonb_build_object('customer_email', $1::text, 'customer_name', n, 'number', n / 2), now(), now() from generate_series(1, 450) n`,
    [ada.email],
  );
  await call(['forget', ada.email, '--yes'], { DATABASE_URL: db.url });
  expect(await leaksOf(db, ada)).toEqual([]);
  expect(
    await rows(db, `select count(*)::int, count(distinct payload)::int as payloads from sync.rejected_records`),
  ).toEqual([{ count: 226, payloads: 226 }]);
});

test('somebody who is not known yet is never stored', async () => {
  const db = await freshDatabase();
  await call(['forget', ada.email, '--yes'], { DATABASE_URL: db.url });
  const { syncer } = await planted(db);
  const sessions = await rows(db, 'select customer_email from polar.checkouts where customer_id = $1', [
    ada.customerId,
  ]);
  expect(sessions.filter(({ customer_email: email }) => email === null)).toHaveLength(1);
  await expectEqual(syncer);
});

test('a page that was prepared before somebody was forgotten, and is stored after it, does not bring them back', async () => {
  const { polar, db, syncer, hers } = await planted();
  polar.polar.updateCheckout(hers[0] ?? '', { customer_name: ada.name, locale: 'fr' });
  const onStep = async (step: string) => {
    if (step === 'fetched')
      await forgetPerson(db.pool, plan, { person: ada.email, account: null }, { signal: signal() });
  };
  expect(await syncing(polar, db, { onStep }).sync(STREAM)).toMatchObject({ outcome: 'complete' });
  expect(await leaksOf(db, ada)).toEqual([]);
  await expectEqual(syncer);
});

const signal = () => new AbortController().signal;

test.each(['forget', 'worker'])(
  'a forget that was killed between its steps lets nothing in, and is finished by the next %s',
  async (by) => {
    const { polar, db, syncer, hers } = await planted();
    const killed = forgetPerson(
      db.pool,
      plan,
      { person: ada.email, account: null },
      { signal: AbortSignal.abort(new Error('killed')) },
    );
    await expect(killed).rejects.toThrow('killed');
    expect(await leaksOf(db, ada)).not.toEqual([]);
    polar.polar.hardDeleteCheckout(hers[1] ?? ''); // nothing that comes empties its row
    await syncer.sync(STREAM);
    if (by === 'forget') await call(['forget', ada.email, '--yes'], { DATABASE_URL: db.url });
    else await restrain({ db, log: createLogger('silent') }, plan, signal());
    expect(await leaksOf(db, ada)).toEqual([]);
    await expectEqual(syncer);
  },
);

test('somebody whom a killed forget erased from some tables stays out of those, and the next forget erases the rest', async () => {
  const merchant = await planted();
  const { db, syncer, hers, theirs } = merchant;
  const others = await rowsOf(db, theirs);
  const holder = await db.pool.connect();
  await holder.query('begin; lock table fynn.price_plans in share mode');
  const forget = start(['forget', ada.email, '--yes'], { DATABASE_URL: db.url });
  const isWaiting = `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await until('it waits for the second source', async () => (await value(db, isWaiting)) === 1);
  forget.kill('SIGKILL');
  expect(await forget.ended).toMatchObject({ code: null, stdout: '' });
  await holder.query('rollback');
  holder.release();
  const erased = `select count(*)::int from polar.checkouts where id = any($1) and customer_email is null`;
  expect(await value(db, erased, [hers])).toBe(2);
  expect((await leaksOf(db, ada)).length).toBeGreaterThan(0);
  expect(await syncer.sync(STREAM)).toMatchObject({ outcome: 'complete', updated: 0 });
  expect(await value(db, erased, [hers])).toBe(2);
  expect(await call(['forget', ada.email, '--yes'], { DATABASE_URL: db.url })).toMatchObject({ code: 0 });
  expect(await leaksOf(db, ada)).toEqual([]);
  expect(await rowsOf(db, theirs)).toEqual(others);
});

/** A copy of a database, as if its dump had been restored. */
async function restored(name: string): Promise<Database> {
  const copy = await openDatabase(await freshDatabaseUrl(name));
  onTestFinished(() => copy.close());
  return copy;
}

const nameOf = ({ url }: Database) => new URL(url).pathname.slice(1);

test('a restored dump of after a forget stays without the person through a walk; one of before does with the exported list', async () => {
  const before = await openDatabase(await freshDatabaseUrl());
  const { polar } = await planted(before);
  await before.close();
  const db = await restored(nameOf(before));
  await call(['forget', ada.email, '--yes'], { DATABASE_URL: db.url });
  const list = await call(['forget', '--export'], { DATABASE_URL: db.url });
  expect(leaksIn(list.stdout, ada)).toEqual([]);
  await db.close();
  const after = await restored(nameOf(db));
  await syncing(polar, after).sync(STREAM);
  expect(await leaksOf(after, ada)).toEqual([]);
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-forgotten-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'forgotten.json');
  await writeFile(file, list.stdout);
  const older = await restored(nameOf(before));
  expect((await leaksOf(older, ada)).length).toBeGreaterThan(0);
  expect(await call(['forget', '--import', file, '--yes'], { DATABASE_URL: older.url })).toMatchObject({ code: 0 });
  await older.pool.query('delete from sync.runs where outcome = $1', ['failed']); // their texts are known by values only
  expect(await leaksOf(older, ada)).toEqual([]);
});

test.each([
  [['forget'], 'forget takes a person, --export, or --import <file>'],
  [['forget', 'a@example.com', '--export'], 'forget takes a person, --export, or --import <file>'],
  [['forget', 'a'], 'this is too short for an e-mail address or an id'],
  [['forget', 'a@example.com', '--account', 'acme'], 'nothing is stored for an account acme'],
  [['forget', '--import', 'package.json'], '--import needs a file that forget --export printed: it has another form'],
])('wrong usage of forget is said without the person: %j', async (args, message) => {
  const { url } = await freshDatabase();
  const { code, stderr } = await call(args, { DATABASE_URL: url });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  expect(stderr).not.toContain('example.com');
});
