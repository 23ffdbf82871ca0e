import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { startEmbedded } from '../../src/database/embedded.ts';
import { asOrdinaryUser, binaries, PLAIN_ENVIRONMENT } from '../../src/database/initdb.ts';
import { readPostmaster } from '../../src/database/postmaster.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { run } from '../support/run.ts';
import { freshDatabase } from '../support/database.ts';
import { CORE_STREAMS } from '../support/source.ts';
import { startPolar } from '../support/polar.ts';
import { value } from '../support/records.ts';
import { freePort } from '../support/redis.ts';
import { backends, queueSettings, startServiceProcess, until, type ServiceProcess } from '../support/service.ts';
import { libfaketime, shiftedClock } from '../support/shifted-clock.ts';
import { runCount, SHORT_SCHEDULES, untilWalked, WALKS_PER_SECOND } from '../support/walks.ts';

const SECRET = 'polar_whs_a_secret_for_this_test';
const settingsOf = (polar: Simulator) => ({
  ...CORE_STREAMS,
  POLAR_ACCESS_TOKEN: polar.token,
  POLAR_API_URL: polar.url,
  POLAR_WEBHOOK_SECRET: SECRET,
});

/** Points the webhooks at a worker while edits go on, until some have arrived. */
async function tradeWith(polar: Simulator, { url }: { url: string }): Promise<void> {
  const before = polar.deliveries.delivered;
  polar.webhooks({ url: `${url}/webhooks/polar`, secret: SECRET, retryMs: 200 });
  polar.live({ perSecond: 10 });
  await until('webhooks are accepted', () => polar.deliveries.delivered > before + 5);
}

async function stop(worker: ServiceProcess): Promise<void> {
  worker.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
}

/**
 * Makes edits that change no `modified_at`, and a deletion: only the instant of observation shows which state is newer. Returns
 * the deleted link.
 */
function editQuietly({ polar }: Simulator): string {
  const [first, second, third] = [...polar.links.values()].filter((link) => link.deleted_at === null);
  if (!first || !second || !third) throw new Error('too few links');
  const others = [...polar.products.keys()].filter((id) => !first.product_ids.includes(id)).slice(0, 2);
  polar.setLinkProducts(first.id, others);
  const [discount] = polar.discounts.keys();
  polar.updateLink(second.id, { discount_id: discount ?? null });
  for (let times = 0; times < 5; times++) polar.redeemDiscount(discount ?? '');
  polar.deleteLink(third.id);
  return third.id;
}

const isTombstone = (db: Database, id: string) =>
  value(db, 'select deleted_at is not null from polar.checkout_links where id = $1', [id]);

/** Expects the stored rows to equal the source. */
async function expectEqual(settings: Record<string, string>): Promise<void> {
  const { code, stdout, stderr } = await run(['verify'], settings);
  expect(code, `${stdout}${stderr}`).toBe(0);
}

/** The checks of `doctor` that are not ok. */
async function problems(settings: Record<string, string>): Promise<unknown[]> {
  const { stdout, stderr } = await run(['doctor', '--json'], settings);
  const { checks }: { checks: { state: string }[] } = JSON.parse(
    stdout || `{"checks": [{"state": ${JSON.stringify(stderr)}}]}`,
  );
  return checks.filter(({ state }) => state !== 'ok');
}

describe.each(backends)('with the queue on %s', (backend) => {
  test(
    'what a worker a day ahead stored and scheduled stands in the way of nothing once its clock is right',
    { skip: libfaketime === undefined },
    async () => {
      const [polar, db] = [
        await startPolar({ links: 40, checkouts: 400, requestsPerMinute: 500 }),
        await freshDatabase(),
      ];
      const settings = {
        DATABASE_URL: db.url,
        ...settingsOf(polar),
        ...SHORT_SCHEDULES,
        ...(await queueSettings(backend)),
      };
      const ahead = { ...settings, ...shiftedClock('+1d') };
      expect(await run(['sync'], ahead)).toMatchObject({ code: 0 });
      const early = await startServiceProcess(ahead);
      await tradeWith(polar, early);
      await untilWalked(db, 1);
      polar.live(null);
      await stop(early);
      const deleted = editQuietly(polar);

      const worker = await startServiceProcess(settings);
      await tradeWith(polar, worker);
      await untilWalked(db, 2);
      polar.live(null);
      await polar.deliveries.settled();
      await untilWalked(db, 2);
      expect((await fetch(`${worker.url}/readyz`)).status).toBe(200);
      await stop(worker);
      await expectEqual(settings);
      expect(await isTombstone(db, deleted)).toBe(true);
      expect(await problems(settings)).toEqual([]);
      expect(polar.requests.filter(({ status }) => status === 429)).toEqual([]);
    },
  );

  test(
    'workers of any clock walk side by side: no schedule stands still, runs wild, or is put again by another',
    { skip: libfaketime === undefined },
    async () => {
      const [polar, db] = [await startPolar({ links: 40, checkouts: 400 }), await freshDatabase()];
      const settings = {
        DATABASE_URL: db.url,
        ...settingsOf(polar),
        ...SHORT_SCHEDULES,
        ...(await queueSettings(backend)),
      };
      const clocks = [shiftedClock('-180s'), {}, shiftedClock('+1d')];
      const workers = await Promise.all(clocks.map((clock) => startServiceProcess({ ...settings, ...clock })));
      for (const worker of workers) await tradeWith(polar, worker);
      await untilWalked(db, 1);
      const deleted = editQuietly(polar);
      polar.live(null);
      await polar.deliveries.settled();
      const [before, began] = [await runCount(db), performance.now()];
      await untilWalked(db, 4);
      const perSecond = (1000 * ((await runCount(db)) - before)) / (performance.now() - began);
      expect(perSecond).toBeLessThan(1.5 * WALKS_PER_SECOND);
      for (const { log } of workers)
        expect(log()).not.toMatch(/restored them|queue maintenance failed|delayed too far/);
      for (const { url } of workers) expect((await fetch(`${url}/readyz`)).status).toBe(200);
      await Promise.all(workers.map(stop));
      await expectEqual(settings);
      expect(await isTombstone(db, deleted)).toBe(true);
    },
  );
});

/** Runs the server of a data directory with a shifted clock for a while. */
async function withShiftedPostgres(
  directory: string,
  shift: string,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const [port, { postgres }] = [await freePort(), await binaries()];
  const { file, args } = await asOrdinaryUser(directory, postgres, [
    '-D',
    directory,
    '-p',
    String(port),
    '-c',
    'unix_socket_directories=.',
  ]);
  const server = spawn(file, args, {
    stdio: 'ignore',
    cwd: '/',
    env: { ...PLAIN_ENVIRONMENT, ...shiftedClock(shift) },
  });
  const ended = once(server, 'exit');
  try {
    await until('Postgres is ready', async () => (await readPostmaster(directory))?.isReady ?? false);
    const password = await readFile(join(directory, 'password'), 'utf8');
    await use(`postgres://postgres:${password}@127.0.0.1:${port}/postgres?sslmode=disable`);
  } finally {
    server.kill('SIGINT');
    await ended;
  }
}

test(
  'a machine that was a day ahead, its Postgres included, is corrected by the next sync',
  { skip: libfaketime === undefined },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-clocks-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const directory = join(folder, 'postgres');
    const polar = await startPolar({ links: 40, checkouts: 400 });
    await (await startEmbedded(directory)).close();
    await withShiftedPostgres(directory, '+1d', async (url) => {
      const ahead = { ...settingsOf(polar), ...shiftedClock('+1d'), DATABASE_URL: url };
      expect(await run(['sync'], ahead)).toMatchObject({ code: 0 });
    });
    editQuietly(polar);
    const server = await startEmbedded(directory);
    onTestFinished(() => server.close());
    const settings = { ...settingsOf(polar), DATABASE_URL: server.tcpUrl };
    expect(await run(['sync'], settings)).toMatchObject({ code: 0 });
    await expectEqual(settings);
    expect(await problems(settings)).toEqual([]);
  },
);
