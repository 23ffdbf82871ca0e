import { Webhook } from 'standardwebhooks';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { backends, queueSettings, startServiceProcess, until } from '../support/service.ts';
import { accept, refuse, webhookEndpoint } from '../support/webhook-endpoint.ts';

const SECRET = 'hook-secret-0123456789';

interface RunEvent {
  type: string;
  data: { runId: number };
}

/** The ids of all runs that ended as complete or failed, in order. */
async function endedRuns(db: Database): Promise<number[]> {
  const found = await rows(db, `select id::int from sync.runs where outcome in ('complete', 'failed') order by 1`);
  return found.map(({ id }) => Number(id));
}

describe.each(backends)('with its queue on %s', (backend) => {
  test('a worker that is killed again and again, and a receiver that is down, lose no event, and a listener hears each run once', async () => {
    const [db, polar] = [await freshDatabase(), await startPolar({ links: 2, checkouts: 10 })];
    let isDown = false;
    const { url, got } = await webhookEndpoint<RunEvent>((response, number) => {
      if (number % 7 === 3) return undefined; // never responds
      return (isDown ? refuse : accept)(response, number);
    });
    const settings = {
      DATABASE_URL: db.url,
      ...(await queueSettings(backend)),
      SYNC_HOOK_URL: url,
      SYNC_HOOK_SECRET: SECRET,
      POLAR_ACCESS_TOKEN: polar.token,
      POLAR_API_URL: polar.url,
      POLAR_REQUESTS_PER_MINUTE: '100000',
      SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 1s',
      SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'every 1s',
    };
    const client = await db.pool.connect();
    onTestFinished(() => client.release(true));
    const heard: RunEvent[] = [];
    client.on('notification', ({ payload = '' }) => {
      const event: RunEvent = JSON.parse(payload);
      heard.push(event);
    });
    await client.query('listen checkout_sync');

    for (const round of [1, 2, 3]) {
      isDown = round === 2;
      const [before, service] = [await endedRuns(db), await startServiceProcess(settings)];
      await until('some runs have ended', async () => (await endedRuns(db)).length >= before.length + 4);
      service.kill('SIGKILL');
      await service.ended;
      // Ten minutes pass: those that claimed a delivery are gone, and what was refused is due again.
      await db.pool.query(`update sync.hook_deliveries set next_attempt_at = next_attempt_at - interval '10 minutes'`);
    }
    isDown = false;
    await startServiceProcess({
      ...settings,
      SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'off',
      SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'off',
      SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'off',
    });
    let ids: number[] = [];
    await until('all events are delivered', async () => {
      await db.pool.query(
        `update sync.hook_deliveries set next_attempt_at = now() where next_attempt_at < now() + interval '1 minute' and attempts > 0`,
      );
      ids = await endedRuns(db); // a walk that a killed worker left may end later
      return (await value(db, 'select count(*)::int from sync.hook_deliveries where delivered_at is null')) === 0;
    });
    vi.useFakeTimers({ toFake: ['Date'] });
    for (const { body, headers } of got) {
      vi.setSystemTime(1000 * Number(headers['webhook-timestamp'])); // it is refused after five minutes
      expect(() => new Webhook(SECRET, { format: 'raw' }).verify(body, headers)).not.toThrow();
    }
    vi.useRealTimers();
    const runsOf = (events: readonly RunEvent[]) =>
      events
        .filter(({ type, data }) => type.startsWith('run.') && ids.includes(data.runId))
        .map(({ data }) => data.runId)
        .toSorted((one, other) => one - other);
    expect([...new Set(runsOf(got.map(({ event }) => event)))]).toEqual(ids);
    await until('the listener heard them', () => runsOf(heard).length >= ids.length);
    expect(runsOf(heard)).toEqual(ids);
  });
});
