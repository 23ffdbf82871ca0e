import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { notBegun, notCompleted } from '../../src/ledger/overdue.ts';
import { prune } from '../../src/ledger/prune.ts';
import { countDeaths, lastWalks, lastWalkStart, wasWalkedSince } from '../../src/ledger/runs.ts';
import { freshness, statusOf, streamsToShow } from '../../src/ledger/status.ts';
import { checkoutLink } from '../../src/sources/polar/checkout-link.ts';
import { freshDatabase } from '../support/database.ts';
import { rows, value } from '../support/records.ts';

const RUNS = `
insert into sync.runs (account, stream, mode, list, walk_id, walk_started_at, started_at, finished_at, outcome, lookback_ms)
select 'default', stream, mode, list, gen_random_uuid(), at, at, at + interval '1 s', outcome,
  case when mode = 'incremental' then case when place % 240 = 0 then 172800000 when place % 15 = 0 then 90000000 else 7200000 end end
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::interval[]) with ordinality r (stream, mode, list, outcome, ago, place), lateral (select now() - ago as at) t`;

/** A run that ended some time ago. */
type PastRun = [stream: string, mode: string, list: string, outcome: string, ago: string];

const addRuns = (db: Database, runs: readonly PastRun[]) =>
  db.pool.query(
    RUNS,
    [0, 1, 2, 3, 4].map((at) => runs.map((run) => run[at])),
  );

/** A pool that remembers the statements it was asked. */
function recording(pool: Pool): { pool: Pool; asked: [text: string, values: unknown[]][] } {
  const asked: [string, unknown[]][] = [];
  const query = (text: string, values: unknown[] = []) => {
    asked.push([text, values]);
    return pool.query(text, values);
  };
  return { pool: Object.assign(Object.create(pool), { query }), asked };
}

interface Plan {
  Plan: Record<'Shared Hit Blocks' | 'Shared Read Blocks', number>;
}

test('however many runs are kept, metrics, status and walks read a few blocks of them', async () => {
  const db = await freshDatabase();
  const minutes = Array.from({ length: 20_000 }, (_, at) => at + 1);
  await addRuns(
    db,
    minutes.map((at): PastRun => ['polar.checkouts', 'incremental', 'a', 'complete', `${at} minutes`]),
  );
  await db.pool.query(`insert into sync.walk_leases (account, stream, token, holder, acquired_at, expires_at)
    values ('default', 'polar.checkouts', 1, '', now(), now()); analyze sync.runs`);
  const { pool, asked } = recording(db.pool);
  const ref = { account: 'default', stream: 'polar.checkouts' };
  const since = Date.now() - 3_600_000;
  const due = (['full', 'incremental'] as const).map((mode) => ({ ...ref, mode, since }));
  expect(await freshness(pool)).toMatchObject([ref]);
  expect(await lastWalkStart(pool, ref, 'a')).toBeDefined();
  const tiers = { list: 'a', lookbacks: [172_800_000, 90_000_000, 7_200_000] };
  expect((await lastWalks(pool, ref, tiers)).map(({ ageMs }) => Math.round((ageMs ?? 0) / 60_000))).toEqual([
    240, 15, 1,
  ]);
  expect(await wasWalkedSince(pool, ref, since)).toBe(false);
  expect(await notBegun(pool, due)).toMatchObject([{ mode: 'full' }]);
  expect(await notCompleted(pool, due)).toMatchObject([{ mode: 'full' }]);
  const checkpoint = { ...ref, list: 'a', walkId: '', startedAt: '', ageMs: 0, spans: [] };
  for (const mode of ['full', 'incremental'] as const)
    expect(await countDeaths(pool, { ...checkpoint, mode }, 1e9)).toBe(0);
  expect(await streamsToShow(pool, { 'polar.checkouts': checkoutLink }, [])).toHaveLength(1);
  const noRows = async () => ({ rows: 0, deleted: 0, isEstimated: false });
  expect(await statusOf(pool, ref, checkoutLink, noRows)).toMatchObject({ lastComplete: { mode: 'incremental' } });
  for (const [text, values] of asked) {
    if (text.startsWith('explain')) continue; // it estimates, and reads nothing
    const explained = await value(db, `explain (analyze, buffers, format json) ${text}`, values);
    const [{ Plan: plan }] = explained as [Plan];
    expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], text).toBeLessThan(100);
  }
});

test('complete incremental runs are kept for a week, others for 90 days, and the last complete ones of each list', async () => {
  const db = await freshDatabase();
  await addRuns(db, [
    ['s', 'full', 'old', 'complete', '120 days'],
    ['s', 'incremental', 'old', 'complete', '110 days'],
    ['s', 'full', 'old', 'failed', '100 days'],
    ['s', 'full', 'new', 'complete', '95 days'],
    ['s', 'full', 'new', 'complete', '80 days'],
    ['s', 'incremental', 'new', 'failed', '30 days'],
    ['s', 'incremental', 'new', 'complete', '8 days'],
    ['s', 'incremental', 'new', 'complete', '6 days'],
  ]);
  expect(await prune(db.pool, 30)).toMatchObject({ runs: 3 });
  const ages = `select list, mode, outcome, round(extract(epoch from now() - started_at) / 86400)::int as days from sync.runs order by id`;
  expect((await rows(db, ages)).map((run) => Object.values(run).join(' '))).toEqual([
    'old full complete 120',
    'old incremental complete 110',
    'new full complete 80',
    'new incremental failed 30',
    'new incremental complete 6',
  ]);
});

test('old webhooks are forgotten however many they are, and newer ones stay', async () => {
  const db = await freshDatabase();
  await db.pool.query(`insert into sync.webhook_events (account, source, webhook_id, type, received_at, outcome)
    select 'default', 'polar', n::text, 't', now() - n * interval '1 minute', 'ignored' from generate_series(1, 25000) n;
    update sync.webhook_events set received_at = received_at - interval '90 days' where webhook_id <> '1'`);
  expect(await prune(db.pool, 30)).toMatchObject({ webhooks: 24_999 });
  expect(await rows(db, 'select webhook_id from sync.webhook_events')).toEqual([{ webhook_id: '1' }]);
});
