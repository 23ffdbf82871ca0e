import { pino } from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkAll } from '../../src/commands/checks.ts';
import { describeStatus } from '../../src/commands/status.ts';
import { parseConfig } from '../../src/config/config.ts';
import { freshness, statusOf } from '../../src/ledger/status.ts';
import { lastWalkStart } from '../../src/ledger/runs.ts';
import { checkoutLink } from '../../src/sources/polar/checkout-link.ts';
import { listOf } from '../../src/ledger/list.ts';
import { wasAhead } from '../support/ahead.ts';
import { freshDatabase } from '../support/database.ts';
import { fynnDifferences } from '../oracle/fynn.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';

afterEach(() => void vi.useRealTimers());

const DAY_MS = 86_400_000;
const equal = { error: undefined, missing: 0, extra: 0, different: 0 };

/** A merchant's links and sessions, stored. */
async function synced() {
  const [simulator, db] = [await startPolar({ links: 12, checkouts: 120 }), await freshDatabase()];
  const syncer = syncing(simulator, db);
  const syncBoth = async () => [await syncer.sync('polar.checkout_links'), await syncer.sync('polar.checkouts')];
  await syncBoth();
  return { simulator, polar: simulator.polar, db, syncBoth, ...syncer };
}

type Synced = Awaited<ReturnType<typeof synced>>;

/** Makes edits that change no date: another product of a link, redemptions of a discount. Also deletes a link. */
function edit({ polar }: Synced): void {
  const [changed, gone] = [...polar.links.values()];
  const others = [...polar.products.keys()].filter((id) => !changed?.product_ids.includes(id));
  polar.setLinkProducts(changed?.id ?? '', others.slice(0, 2));
  for (const discount of polar.discounts.values()) discount.redemptions_count += 5;
  polar.deleteLink(gone?.id ?? '');
}

async function clockChecks({ simulator, db }: Synced) {
  const settings = { DATABASE_URL: db.url, POLAR_ACCESS_TOKEN: simulator.token, POLAR_API_URL: simulator.url };
  const checks = await checkAll(parseConfig(settings), new AbortController().signal);
  return checks.filter(({ check }) => /^database\.(clock|observed_at)$/.test(check));
}

const statusText = async ({ db }: Synced) =>
  describeStatus({
    streams: [await statusOf(db.pool, { account: 'default', stream: 'polar.checkout_links' }, checkoutLink)],
    otherRejections: [],
  }).join('\n');

describe.each(['1 day', '90 seconds'])('after a sync while the database’s clock was %s ahead', (span) => {
  test('the next one ends equal to the source, marks what was deleted, and says what it set right', async () => {
    const merchant = await synced();
    await wasAhead(merchant.db, span);
    edit(merchant);
    const before = (await clockChecks(merchant)).find(({ state }) => state === 'problem');
    expect(before).toMatchObject({ check: 'database.observed_at', advice: expect.stringContaining('sync') });
    expect(before?.found).toMatch(/\d+ in polar\.checkout_links/);
    const [links, sessions] = await merchant.syncBoth();
    expect(links).toMatchObject({ outcome: 'complete', tombstoned: 1 });
    expect(links?.skewed).toBeGreaterThan(12);
    expect(sessions).toMatchObject({ outcome: 'complete' });
    expect(await merchant.verify('polar.checkout_links')).toMatchObject(equal);
    expect(await merchant.verify('polar.checkouts')).toMatchObject(equal);
    expect((await clockChecks(merchant)).map(({ state }) => state)).toEqual(['ok', 'ok']);
    expect(await statusText(merchant)).toMatch(/clock +\d+ rows were dated in the future/);
    const again = await merchant.syncBoth();
    for (const run of again) expect(run).toMatchObject({ outcome: 'complete', updated: 0, tombstoned: 0 });
    for (const run of again) expect(run).not.toHaveProperty('skewed');
  });

  test('a pull of what differs mends it', async () => {
    const merchant = await synced();
    await wasAhead(merchant.db, span);
    edit(merchant);
    const { differences } = await merchant.verify('polar.checkout_links');
    expect(differences.length).toBeGreaterThan(1);
    for (const { record } of differences) await merchant.pull('polar.checkout_links', record);
    expect(await merchant.verify('polar.checkout_links')).toMatchObject(equal);
  });

  test('a source without dates ends equal, too', async () => {
    const [simulator, db] = [await startFynn(), await freshDatabase()];
    const { syncAll } = syncingFynn(simulator, db);
    await syncAll();
    await wasAhead(db, span);
    const [renamed, gone] = [...simulator.fynn.links.keys()];
    simulator.fynn.updateLink(renamed ?? '', { slug: 'renamed' });
    simulator.fynn.deleteLink(gone ?? '');
    for (const run of await syncAll()) expect(run).toMatchObject({ outcome: 'complete' });
    expect(await fynnDifferences(simulator, db)).toEqual([]);
  });
});

test('rows that no walk meets any more are set right by the next full one: tombstones, and what nests nowhere', async () => {
  const merchant = await synced();
  const { db, polar, syncBoth } = merchant;
  polar.deleteLink([...polar.links.keys()][0] ?? '');
  await syncBoth();
  await db.pool.query(
    `insert into polar.discounts (account, id, observed_at) values ('default', '00000000-0000-4000-8000-000000000001', now())`,
  );
  await wasAhead(db, '1 day');
  await syncBoth();
  const found = await rows(
    db,
    `select deleted_at from polar.checkout_links where greatest(observed_at, deleted_at) > now()
     union all select deleted_at from polar.discounts where observed_at > now()`,
  );
  expect(found).toEqual([]);
  expect(await value(db, 'select count(*)::int from polar.checkout_links where deleted_at is not null')).toBe(1);
});

test.each([3 * 60_000, -3 * 60_000, DAY_MS])(
  'a machine whose clock is %i ms ahead dates what it sees by the database’s clock',
  async (ahead) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + ahead);
    const { db, sync } = await synced();
    vi.useRealTimers();
    const [{ first, last, present } = {}] = await rows(
      db,
      `select min(observed_at) > now() - interval '1 minute' as first, max(observed_at) <= now() as last,
         (select bool_and(started_at <= now() and walk_started_at <= now() + interval '1 minute') from sync.runs) as present
       from polar.checkout_links`,
    );
    expect({ first, last, present }).toEqual({ first: true, last: true, present: true });
    expect(await sync('polar.checkout_links')).not.toHaveProperty('skewed');
  },
);

test('a machine that is minutes ahead and one that is minutes behind end equal, whoever sees a change', async () => {
  const merchant = await synced();
  const { polar, sync, verify } = merchant;
  const [id = ''] = polar.links.keys();
  vi.useFakeTimers({ toFake: ['Date'] });
  const present = Date.now();
  for (const [round, ahead] of [4, -4, 4, -4].entries()) {
    vi.setSystemTime(present + ahead * 60_000);
    polar.setLinkProducts(id, [...polar.products.keys()].slice(round, round + 2));
    await sync('polar.checkout_links');
    expect(await verify('polar.checkout_links')).toMatchObject(equal);
  }
});

test('after runs that are dated in the future an incremental walk is a full one, and nothing passes for fresh', async () => {
  const { db, context, sync } = await synced();
  const stream = context.source.streams.find(({ name }) => name === 'polar.checkouts');
  const list = stream ? listOf(context.source, stream) : '';
  await wasAhead(db, '1 day');
  expect(await freshness(db.pool)).toEqual([]);
  expect(
    (await statusOf(db.pool, { account: 'default', stream: 'polar.checkouts' }, checkoutLink)).freshnessMs,
  ).toBeNull();
  expect(await lastWalkStart(db.pool, { account: 'default', stream: 'polar.checkouts' }, list)).toBeUndefined();
  expect(await sync('polar.checkouts', 'incremental')).toMatchObject({ outcome: 'complete', mode: 'full' });
  expect(await sync('polar.checkouts', 'incremental')).toMatchObject({ outcome: 'complete', mode: 'incremental' });
  expect(await value(db, `select max(started_at) <= now() from sync.runs where stream = 'polar.checkouts'`)).toBe(true);
  const status = await statusOf(db.pool, { account: 'default', stream: 'polar.checkouts' }, checkoutLink);
  expect(status.lastComplete).toMatchObject({ mode: 'incremental' });
  expect(status.freshnessMs).toBeLessThan(60_000);
});

test.each([DAY_MS, 400 * DAY_MS])(
  'a source whose Date header is %i ms ahead dates no walk: what the next one reads begins before the last one did',
  async (ahead) => {
    const { simulator, db, sync } = await synced();
    simulator.intercept(() => ({ fault: 'headers', headers: { date: new Date(Date.now() + ahead).toUTCString() } }));
    await sync('polar.checkouts');
    expect(await value(db, 'select max(walk_started_at) <= now() from sync.runs where id > 2')).toBe(true);
    expect(await sync('polar.checkouts', 'incremental')).toMatchObject({ outcome: 'complete', mode: 'incremental' });
  },
);

test('a database whose clock differs from the source’s is said once per run', async () => {
  const simulator = await startPolar({ links: 0, checkouts: 250 });
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
  const { sync } = syncing(simulator, await freshDatabase(), { log });
  simulator.intercept(() => ({ fault: 'headers', headers: { date: new Date(Date.now() - DAY_MS).toUTCString() } }));
  expect(await sync('polar.checkouts')).toMatchObject({ outcome: 'complete', pages: 3 });
  expect(lines.join('')).toMatch(/the database's clock is 8640\d s ahead of that of polar/);
  expect(lines).toHaveLength(1);
});
