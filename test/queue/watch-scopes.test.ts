import { expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../../src/model/log.ts';
import { openQueue } from '../../src/queue/queue.ts';
import { watchScopes } from '../../src/queue/watch-scopes.ts';
import { freshDatabase } from '../support/database.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { value } from '../support/records.ts';
import { startService, until } from '../support/service.ts';
import { CORE_STREAMS, polarAt, withOptional } from '../support/source.ts';
import type { Source } from '../../src/model/source.ts';

const SESSIONS = 'polar.checkouts';
const alter = (source: Source) => withOptional(source, SESSIONS);

const SCHEDULES = {
  ...CORE_STREAMS,
  SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'every 1s',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'off',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 1s',
};

const poorPolar = () => startPolar({ links: 2, checkouts: 3, scopes: ['checkout_links:read'] });

test('a worker leaves an optional stream without its scope out: no run, one line, ready; and walks it once a start finds the scope', async () => {
  const [polar, db] = [await poorPolar(), await freshDatabase()];
  const settings = { POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...SCHEDULES };
  const log = createLogger('silent');
  const [warn, error] = [vi.spyOn(log, 'warn'), vi.spyOn(log, 'error')];
  const first = await startService(db, settings, { alter, log });
  const runsOf = async (stream: string) =>
    Number(await value(db, 'select count(*)::int from sync.runs where stream = $1', [stream]));
  const skips = `select count(*)::int from bullmq.job where return_value::text like '%polar.checkouts is left out%'`;
  await until('several jobs of the stream were skipped', async () => Number(await value(db, skips)) > 2);
  await until('the other stream is walked', async () => (await runsOf('polar.checkout_links')) > 2);
  expect(await runsOf(SESSIONS)).toBe(0);
  expect(warn.mock.calls).toEqual([
    [
      expect.objectContaining({ stream: SESSIONS }),
      expect.stringMatching(/token lacks checkouts:read: polar.checkouts is left out/),
    ],
  ]);
  expect(error).not.toHaveBeenCalled();
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${first.url}/status.json`)).json()).toMatchObject({
    streams: expect.arrayContaining([
      expect.objectContaining({ stream: SESSIONS, missingScope: { scope: 'checkouts:read', isLeftOut: true } }),
    ]),
  });
  await first.close();

  polar.polar.settings.scopes.push('checkouts:read');
  await startService(db, settings, { alter });
  const complete = `select count(*)::int from sync.runs where stream = $1 and outcome = 'complete'`;
  await until('the stream is walked', async () => Number(await value(db, complete, [SESSIONS])) > 0);
});

test('scopes are asked for again and again, and a stream that may be read from then on is due immediately', async () => {
  const [polar, db, log] = [await poorPolar(), await freshDatabase(), createLogger('silent')];
  const stopping = new AbortController();
  const queue = await openQueue({ redisUrl: undefined, prefix: 'checkout-sync-test' }, db, log, stopping.signal);
  onTestFinished(() => queue.close());
  const { context } = engineOf(withOptional(polarAt(polar), SESSIONS), db);
  const pauses = { usualMs: 20, retryMs: 20 };
  const { ended } = await watchScopes([context], { db, log, queue }, stopping.signal, pauses);
  const first = polar.requests.length;
  await until('it is asked for again', () => polar.requests.length > first + 1);
  expect(await queue.bull.getJobCountByTypes('waiting')).toBe(0);
  polar.polar.settings.scopes.push('checkouts:read');
  await until('a walk is due', async () => (await queue.bull.getJobCountByTypes('waiting')) === 1);
  const [job] = await queue.bull.getJobs(['waiting']);
  expect(job?.data).toMatchObject({ account: 'default', stream: SESSIONS, mode: 'full' });
  stopping.abort();
  await ended;
});
