import { describe, expect, test } from 'vitest';
import { describeStatus } from '../../src/commands/status.ts';
import { describeRuns } from '../../src/commands/sync.ts';
import { isObject } from '../../src/model/json.ts';
import { openDatabase, type Database } from '../../src/database/database.ts';
import { statusOf } from '../../src/ledger/status.ts';
import { migrate } from '../../src/database/migrate.ts';
import { checkoutLink } from '../../src/sources/polar/checkout-link.ts';
import { call } from '../support/run.ts';
import { freshDatabase } from '../support/database.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { olderDatabaseUrl } from '../support/older-database.ts';
import { startPolar, syncing, type Syncing } from '../support/polar.ts';
import { contents, rows, uuid, value } from '../support/records.ts';

const complete = { outcome: 'complete', error: undefined };
const both = ['polar.checkout_links', 'polar.checkouts'] as const;

/** Another organization's Polar, and what synchronises it into the database. */
async function organization(db: Database, seed: number, size = { links: 8, checkouts: 12 }, settings = {}) {
  const simulator = await startPolar({ seed, ...size, token: `polar_oat_${seed}` });
  const syncer = syncing(simulator, db, { settings });
  return { simulator, polar: simulator.polar, ...syncer, syncAll: () => walkAll(syncer) };
}

/** Both streams walked to the end. */
async function walkAll({ sync }: Syncing) {
  for (const stream of both) expect({ error: undefined, ...(await sync(stream)) }).toMatchObject(complete);
}

const organizationOf = ({ links }: { links: ReadonlyMap<string, { organization_id: string }> }) =>
  [...links.values()][0]?.organization_id ?? '';
const firstId = (records: ReadonlyMap<string, unknown>) => [...records.keys()][0] ?? '';
const tombstones = async (db: Database, table: string) =>
  (await rows(db, `select id from ${table} where deleted_at is not null order by id`)).map(({ id }) => id);

test('Fynn pointed at another tenant fails with one line, and changes nothing', async () => {
  const db = await freshDatabase();
  const [one, other] = [await startFynn({ seed: 1 }), await startFynn({ seed: 2, apiKey: 'fynn_of_the_other' })];
  await syncingFynn(one, db).syncAll();
  const before = await contents(db);
  const { syncAll, pull, verify } = syncingFynn(other, db);
  const error = `the account default of fynn was read from ${one.url}, and FYNN_API_URL is now ${other.url}: set it back, give it an account with a name of its own (FYNN_API_KEY__NEW), or delete what is stored for this one: npx checkout-sync accounts remove default --source fynn`;
  for (const run of await syncAll())
    expect(run).toMatchObject({ outcome: 'failed', next: 'fail', tombstoned: 0, pages: 0, requests: 0, error });
  await expect(pull('fynn.checkout_links', firstId(other.fynn.links))).rejects.toThrow(error);
  expect(await verify('fynn.checkout_links')).toMatchObject({ error, records: 0 });
  expect(other.requests).toEqual([]);
  expect(await contents(db)).toEqual(before);
  expect(await value(db, `select count(*)::int from sync.runs where error = $1`, [error])).toBe(2);
  for (const run of await syncingFynn(one, db).syncAll()) expect(run).toMatchObject({ outcome: 'complete' });
});

test('another tenant of Fynn touches no row of the first; what that tenant deletes later gets its tombstone, and so does what the first deletes', async () => {
  const db = await freshDatabase();
  const [one, other] = [await startFynn({ seed: 1 }), await startFynn({ seed: 2, apiKey: 'fynn_of_the_other' })];
  const [first, second] = [syncingFynn(one, db), syncingFynn(other, db, { account: 'OTHER' })];
  await first.syncAll();
  const before = await contents(db);
  for (const run of await second.syncAll()) expect(run).toMatchObject({ outcome: 'complete', tombstoned: 0 });
  expect(other.requests.map(({ path }) => path)).not.toContain(`/checkout-links/${firstId(one.fynn.links)}`);
  for (const [table, stored] of Object.entries(before))
    expect((await contents(db))[table]).toEqual(expect.arrayContaining(stored));

  const [gone, goneThere] = [firstId(one.fynn.links), firstId(other.fynn.links)];
  other.fynn.deleteLink(goneThere);
  expect(await second.sync('fynn.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 1 });
  one.fynn.deleteLink(gone);
  expect(await first.sync('fynn.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 1 });
  expect(await tombstones(db, 'fynn.checkout_links')).toEqual([gone, goneThere].toSorted());
});

test('a key of another tenant at the same address is another list, a new key of the same tenant is not', async () => {
  const db = await freshDatabase();
  const [one, other] = [await startFynn({ seed: 1 }), await startFynn({ seed: 2, apiKey: 'fynn_of_the_other' })];
  await syncingFynn(one, db).syncAll();
  // One host for all tenants, as Fynn's documentation names it: the key tells them apart.
  const shared = { FYNN_API_URL: one.url };
  one.intercept(async ({ path, query }) => {
    const answer = await fetch(`${other.url}${path}?${query.toString()}`, {
      headers: { authorization: `Bearer ${other.apiKey}` },
    });
    return {
      fault: 'status',
      status: answer.status,
      body: await answer.json(),
      headers: { 'content-type': 'application/json' },
    };
  });
  for (const run of await syncingFynn(other, db, { settings: shared }).syncAll())
    expect(run).toMatchObject({ outcome: 'complete', tombstoned: 0 });
  expect(await tombstones(db, 'fynn.checkout_links')).toEqual([]);

  one.intercept(null);
  const gone = firstId(one.fynn.links);
  one.fynn.deleteLink(gone);
  one.fynn.settings.apiKey = 'fynn_rotated';
  const rotated = syncingFynn({ url: one.url, apiKey: 'fynn_rotated' }, db);
  expect(await rotated.sync('fynn.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 1 });
  expect(await tombstones(db, 'fynn.checkout_links')).toEqual([gone]);
});

test.each([
  ['one address gets its tombstone', ['https://one.example'], 1],
  ['several addresses stays', ['https://one.example', 'https://two.example'], 0],
])(
  'after an upgrade what was deleted meanwhile of a database that was read from %s',
  async (_name, addresses, tombstoned) => {
    const simulator = await startFynn({ links: 3 });
    const url = await olderDatabaseUrl('0004_rejections');
    const db = await openDatabase(url);
    try {
      for (const address of addresses.map((one, index) => (index === 0 ? simulator.url : one)))
        await db.pool.query(
          `insert into sync.runs (stream, mode, list, walk_id, started_at, records) values ('fynn.checkout_links', 'full', $1, gen_random_uuid(), now(), 3)`,
          [`${address} fingerprint {}`],
        );
      await db.pool.query(
        `insert into fynn.checkout_links (id, observed_at) values ('gone', now() - interval '1 day')`,
      );
      for (const id of simulator.fynn.links.keys())
        await db.pool.query(`insert into fynn.checkout_links (id, observed_at) values ($1, now() - interval '1 day')`, [
          id,
        ]);
      await migrate(db);
      expect(await syncingFynn(simulator, db).sync('fynn.checkout_links')).toMatchObject({
        outcome: 'complete',
        tombstoned,
      });
    } finally {
      await db.close();
    }
  },
);

test('records that two addresses show get no tombstone from either, which is said, until one was not walked for a week', async () => {
  const db = await freshDatabase();
  const [one, copy] = [await startFynn({ seed: 1 }), await startFynn({ seed: 1 })];
  await syncingFynn(one, db).syncAll();
  const said: string[] = [];
  await db.pool.query(`update sync.accounts set identity = identity || $1::text`, [copy.url]); // as before there were accounts
  const second = syncingFynn(copy, db);
  second.context.log.warn = (_facts: unknown, text?: string) => void said.push(text ?? '');
  await second.syncAll();
  copy.fynn.deleteLink(firstId(copy.fynn.links));
  expect(await second.sync('fynn.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 0 });
  expect(await second.pull('fynn.checkout_links', firstId(copy.fynn.links))).toMatchObject([
    { outcome: 'not visible' },
  ]);
  expect(await tombstones(db, 'fynn.checkout_links')).toEqual([]);
  expect(said.join('\n')).toMatch(/another address shows 12 of the same records/);
  // The address of the tenant has changed: a week after its last walk there is no doubt any more.
  await db.pool.query(`update sync.runs set started_at = started_at - interval '8 days' where list like $1`, [
    `${one.url}%`,
  ]);
  expect(await second.sync('fynn.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 1 });
});

test.each([
  ['that has nothing', { links: 0, checkouts: 0 }],
  ['that has records', { links: 8, checkouts: 12 }],
])(
  "with the token of an organization %s a run fails, and another organization's rows are neither marked as deleted by sync or pull nor called extra by verify",
  async (_name, size) => {
    const db = await freshDatabase();
    const one = await organization(db, 1);
    await one.syncAll();
    const before = await contents(db);
    const other = await organization(db, 2, size);
    const [mine, theirs] = [organizationOf(one.polar), organizationOf(other.polar)];
    const refusal =
      size.links === 0
        ? `the account default of polar has records of ${mine}, and POLAR_ACCESS_TOKEN no longer shows any of them`
        : `the account default of polar belongs to ${mine}, but POLAR_ACCESS_TOKEN shows ${theirs} instead: set it back`;
    for (const stream of both)
      expect(await other.sync(stream)).toMatchObject({
        outcome: 'failed',
        next: 'fail',
        tombstoned: 0,
        error: expect.stringContaining(refusal),
      });
    for (const stream of both) {
      const verified = await other.verify(stream);
      expect(verified).toMatchObject({ missing: 0, extra: 0, different: 0, differences: [], records: 0 });
      if (size.links === 0)
        expect(verified.error).toMatch(/stored records are not visible to this token.*POLAR_ORGANIZATION_ID/);
      else expect(verified.error).toContain(refusal);
      expect(await other.verify(stream, 5)).toMatchObject({ extra: 0, differences: [] });
    }
    expect(await other.pull('polar.checkout_links', firstId(one.polar.links))).toMatchObject([
      { outcome: 'not visible' },
    ]);
    expect(await other.pull('polar.checkouts', firstId(one.polar.checkouts), uuid(7))).toMatchObject([
      { outcome: 'not visible' },
      { outcome: 'not found' },
    ]);
    expect(await contents(db)).toEqual(before);
  },
);

test('a token that shows another organization besides the one that was stored lets the account grow', async () => {
  const db = await freshDatabase();
  const { polar, sync, syncAll } = await organization(db, 1);
  await syncAll();
  const [added = ''] = polar.links.keys();
  polar.tamper(added, (json) => (isObject(json) ? { ...json, organization_id: uuid(2) } : json));
  expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'complete' });
  expect(await value(db, 'select identity from sync.accounts')).toEqual([organizationOf(polar), uuid(2)].toSorted());
});

test('two accounts that show the same organization are refused, and the second stores nothing', async () => {
  const db = await freshDatabase();
  const { simulator, polar, syncAll } = await organization(db, 1);
  await syncAll();
  const before = await contents(db);
  const error = `the account acme of polar shows ${organizationOf(polar)}, which the account default has: remove the settings of one of them`;
  expect(await syncing(simulator, db, { account: 'ACME' }).sync('polar.checkouts')).toMatchObject({
    outcome: 'failed',
    next: 'fail',
    error,
  });
  expect(await contents(db)).toEqual(before);
});

test('a sample of rows that were never shown to this token is no equality', async () => {
  const db = await freshDatabase();
  await (await organization(db, 1)).syncAll();
  const other = await organization(db, 2);
  expect(await other.verify('polar.checkouts', 5)).toMatchObject({
    records: 0,
    extra: 0,
    hidden: 12,
    error: expect.stringMatching(/12 stored records are not visible to this token/),
  });
});

test('a new token of the same organization still marks deletions, including the last link of an organization', async () => {
  const db = await freshDatabase();
  const { simulator, polar, syncAll } = await organization(db, 1, { links: 2, checkouts: 5 });
  await syncAll();
  polar.settings.token = 'polar_oat_rotated';
  const rotated = syncing({ url: simulator.url, token: 'polar_oat_rotated' }, db);
  const [kept = '', gone = ''] = polar.links.keys();
  polar.deleteLink(gone);
  expect(await rotated.sync('polar.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 1 });
  polar.deleteLink(kept);
  expect(await rotated.verify('polar.checkout_links')).toMatchObject({ extra: 1, differences: [{ id: kept }] });
  expect(await rotated.sync('polar.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 1 });
  expect(await rotated.verify('polar.checkout_links')).toMatchObject({ error: undefined, extra: 0, records: 0 });
});

test('an organization without sessions has its last link marked as deleted, by pull as well', async () => {
  const db = await freshDatabase();
  const { polar, syncAll, pull } = await organization(db, 1, { links: 1, checkouts: 0 });
  await syncAll();
  const id = firstId(polar.links);
  polar.deleteLink(id);
  expect(await pull('polar.checkout_links', id)).toEqual([{ id, outcome: 'not found' }]);
  expect(await tombstones(db, 'polar.checkout_links')).toEqual([id]);
});

test('a token that saw two organizations and sees only one of them now marks nothing of the other as deleted', async () => {
  const db = await freshDatabase();
  const { simulator, polar, syncAll, sync, verify, pull } = await organization(db, 1);
  const lost = [...polar.links.keys()].slice(0, 3);
  for (const id of lost) polar.tamper(id, (json) => (isObject(json) ? { ...json, organization_id: uuid(2) } : json));
  await syncAll();
  simulator.intercept(({ path }) =>
    lost.some((id) => path.endsWith(id))
      ? {
          fault: 'status',
          status: 404,
          body: { error: 'ResourceNotFound', detail: 'Not found' },
          headers: { 'content-type': 'application/json', 'polar-version': '2026-10' },
        }
      : { fault: 'rewrite', json: (body) => withoutRecords(body, lost) },
  );
  expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 0 });
  expect(await verify('polar.checkout_links')).toMatchObject({ error: undefined, extra: 0, hidden: 3 });
  expect(await pull('polar.checkout_links', lost[0] ?? '')).toMatchObject([{ outcome: 'not visible' }]);
  const sampled = await verify('polar.checkout_links', 8);
  expect(sampled).toMatchObject({
    extra: 0,
    hidden: 3,
    error: expect.stringMatching(/3 stored records are not visible/),
  });
  expect(await tombstones(db, 'polar.checkout_links')).toEqual([]);
});

/** A list of Polar's without the records of some ids, and totals that hide them. */
function withoutRecords(body: unknown, ids: readonly string[]): unknown {
  if (!isObject(body) || !Array.isArray(body.items)) return body;
  const items = body.items.filter((record) => !isObject(record) || !ids.some((id) => id === record.id));
  return { items, pagination: { total_count: items.length, max_page: 1 } };
}

test('a proxy that refuses the requests for sessions lets no list of links without records prove a deletion', async () => {
  const db = await freshDatabase();
  const { simulator, syncAll, sync } = await organization(db, 1);
  await syncAll();
  const gone = { error: 'ResourceNotFound', detail: 'Not found' };
  const html = { 'content-type': 'text/html' };
  simulator.intercept(({ path, query }) => {
    if (path === '/v1/checkouts/') return { fault: 'status', status: 403, body: '<h1>blocked</h1>', headers: html };
    if (query.has('page'))
      return { fault: 'rewrite', json: () => ({ items: [], pagination: { total_count: 0, max_page: 0 } }) };
    return {
      fault: 'status',
      status: 404,
      body: gone,
      headers: { 'content-type': 'application/json', 'polar-version': '2026-10' },
    };
  });
  const { outcome, tombstoned, error } = await sync('polar.checkout_links');
  expect({ outcome, tombstoned, error }).toEqual({
    outcome: 'failed',
    tombstoned: 0,
    error: expect.stringMatching(/something in between answered GET \/v1\/checkouts\//),
  });
  expect(await tombstones(db, 'polar.checkout_links')).toEqual([]);
});

test('a token that was shown an organization before, and is shown nothing of it now, marks nothing as deleted while sessions should be listed', async () => {
  const db = await freshDatabase();
  const { simulator, syncAll, sync } = await organization(db, 1);
  await syncAll();
  simulator.intercept(({ path }) =>
    path.endsWith('/')
      ? { fault: 'rewrite', json: () => ({ items: [], pagination: { total_count: 0, max_page: 0 } }) }
      : {
          fault: 'status',
          status: 404,
          body: { error: 'ResourceNotFound' },
          headers: { 'content-type': 'application/json', 'polar-version': '2026-10' },
        },
  );
  expect(await sync('polar.checkout_links')).toMatchObject({
    outcome: 'failed',
    tombstoned: 0,
    error: expect.stringMatching(/^the account default of polar has records of .*no longer shows any of them/),
  });
  expect(await tombstones(db, 'polar.checkout_links')).toEqual([]);
});

test('an organization filter that shows nothing fails the run and verify, and the next run reads the list again', async () => {
  const db = await freshDatabase();
  const one = await organization(db, 1);
  await one.syncAll();
  const other = await organization(
    db,
    2,
    { links: 0, checkouts: 0 },
    { POLAR_ORGANIZATION_ID: organizationOf(one.polar) },
  );
  const failed = {
    outcome: 'failed',
    next: 'fail',
    tombstoned: 0,
    error: expect.stringMatching(
      /shows nothing of organization .*: check POLAR_ORGANIZATION_ID, POLAR_API_URL and the token/,
    ),
  };
  for (const stream of both) {
    expect(await other.sync(stream)).toMatchObject(failed);
    expect(await other.sync(stream)).toMatchObject({ ...failed, pages: 1 });
    expect(await other.verify(stream)).toMatchObject({
      extra: 0,
      error: expect.stringMatching(/shows nothing of organization/),
    });
  }
  expect(await tombstones(db, 'polar.checkout_links')).toEqual([]);
});

test('an organization that sells without links is walked with its filter', async () => {
  const { polar } = await startPolar({ seed: 1, links: 1, checkouts: 0 });
  const settings = { POLAR_ORGANIZATION_ID: organizationOf(polar) };
  const { syncAll, verify } = await organization(await freshDatabase(), 1, { links: 0, checkouts: 3 }, settings);
  await syncAll();
  expect(await verify('polar.checkout_links')).toMatchObject({ error: undefined, records: 0 });
});

test('pull obeys POLAR_ORGANIZATION_ID', async () => {
  const db = await freshDatabase();
  const { polar, pull } = await organization(db, 1, undefined, { POLAR_ORGANIZATION_ID: uuid(1) });
  const id = firstId(polar.links);
  expect(await pull('polar.checkout_links', id)).toEqual([{ id, outcome: 'excluded' }]);
  expect(await value(db, 'select count(*)::int from polar.checkout_links')).toBe(0);
});

describe('more than fifty deletions at a time that are more than a tenth of the rows', () => {
  const stream = 'polar.checkout_links';

  /** Opens an organization of 200 synced links, and a function that deletes this many of those left. */
  async function merchant() {
    const db = await freshDatabase();
    const made = await organization(db, 1, { links: 200, checkouts: 0 });
    await made.sync(stream);
    const left = (await rows(db, 'select id from polar.checkout_links order by created_at')).map(({ id }) =>
      String(id),
    );
    const stored = left.length;
    const lose = (count: number) => left.splice(0, count).forEach((id) => made.polar.deleteLink(id));
    made.simulator.requests.length = 0;
    return { db, ...made, stored, left, lose };
  }

  test('wait for a second full walk that says the same, which is said, and cost no requests until then', async () => {
    const { db, simulator, sync, stored, lose } = await merchant();
    lose(60);
    const first = await sync(stream);
    expect(first).toMatchObject({ outcome: 'complete', tombstoned: 0, pendingDeletions: 60, requests: 2 });
    expect(describeRuns([first]).join()).toMatch(/60 records are missing .* a second full walk .* --confirm-deletions/);
    const status = await statusOf(db.pool, { account: 'default', stream }, checkoutLink);
    expect(status).toMatchObject({
      rows: stored,
      deleted: 0,
      pendingDeletions: { records: 60, foundAt: expect.any(String) },
    });
    const text = describeStatus({ streams: [status], otherRejections: [] }).join();
    expect(text).toMatch(/60 records were missing at .*: a second full walk, or sync --confirm-deletions/);
    simulator.requests.length = 0;
    const second = await sync(stream);
    expect(second).toMatchObject({ outcome: 'complete', tombstoned: 60, requests: 2 + 60 });
    expect(second).not.toHaveProperty('pendingDeletions');
    expect(await statusOf(db.pool, { account: 'default', stream }, checkoutLink)).toMatchObject({
      rows: stored - 60,
      deleted: 60,
      pendingDeletions: null,
    });
  });

  test('are marked at once by sync --confirm-deletions', async () => {
    const { db, simulator, sync, lose } = await merchant();
    lose(60);
    await sync(stream);
    const settings = { DATABASE_URL: db.url, POLAR_ACCESS_TOKEN: simulator.token, POLAR_API_URL: simulator.url };
    const { code, stdout } = await call(['sync', stream, '--confirm-deletions', '--json'], settings);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ outcome: 'complete', tombstoned: 60 }] });
    expect(await value(db, 'select count(*)::int from sync.pending_deletions')).toBe(0);
  });

  test.each([
    ['fifty, of sixty', 60, 50],
    ['fifty-five of six hundred', 600, 55],
  ])('are more than %s', async (_name, links, count) => {
    const db = await freshDatabase();
    const { polar, sync } = await organization(db, 1, { links, checkouts: 0 });
    await sync(stream);
    for (const { id } of await rows(db, 'select id from polar.checkout_links limit $1', [count]))
      polar.deleteLink(String(id));
    expect(await sync(stream)).toMatchObject({ outcome: 'complete', tombstoned: count });
  });

  test('are forgotten when a role that had shrunk is restored', async () => {
    const { db, simulator, sync, left } = await merchant();
    const lost = left.slice(0, 80);
    simulator.intercept(() => ({ fault: 'rewrite', json: (body) => withoutRecords(body, lost) }));
    expect(await sync(stream)).toMatchObject({ tombstoned: 0, pendingDeletions: 80 });
    simulator.intercept(null);
    expect(await sync(stream)).not.toHaveProperty('pendingDeletions');
    expect(await value(db, 'select count(*)::int from sync.pending_deletions')).toBe(0);
    expect(await tombstones(db, 'polar.checkout_links')).toEqual([]);
  });

  test('are not confirmed by a walk that was resumed, nor by one of another list', async () => {
    const { db, simulator, polar, sync, lose } = await merchant();
    lose(60);
    await sync(stream);
    let request = 0;
    simulator.intercept(() =>
      request++ > 0 ? { fault: 'status', status: 404, body: { detail: 'Not Found' } } : undefined,
    );
    expect(await sync(stream)).toMatchObject({ outcome: 'failed', pages: 1 });
    simulator.intercept(null);
    expect(await sync(stream)).toMatchObject({ outcome: 'complete', pages: 1, tombstoned: 0, pendingDeletions: 60 });
    const settings = { POLAR_ORGANIZATION_ID: organizationOf(polar) };
    expect(await syncing(simulator, db, { settings }).sync(stream)).toMatchObject({
      tombstoned: 0,
      pendingDeletions: 60,
    });
    expect(await sync(stream)).toMatchObject({ outcome: 'complete', tombstoned: 60 });
  });

  test('that only the second walk misses wait for a third', async () => {
    const { sync, lose } = await merchant();
    lose(60);
    await sync(stream);
    lose(70);
    expect(await sync(stream)).toMatchObject({ tombstoned: 60, pendingDeletions: 70 });
    lose(5);
    expect(await sync(stream)).toMatchObject({ tombstoned: 75 });
  });

  test('are not confirmed a week later', async () => {
    const { db, sync, lose } = await merchant();
    lose(60);
    await sync(stream);
    await db.pool.query(`update sync.pending_deletions set found_at = found_at - interval '7 days'`);
    expect(await statusOf(db.pool, { account: 'default', stream }, checkoutLink)).toMatchObject({
      pendingDeletions: null,
    });
    expect(await sync(stream)).toMatchObject({ tombstoned: 0, pendingDeletions: 60 });
    expect(await sync(stream)).toMatchObject({ tombstoned: 60 });
  });
});
