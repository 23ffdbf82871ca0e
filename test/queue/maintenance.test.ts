import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../../src/model/log.ts';
import { openQueue } from '../../src/queue/queue.ts';
import { maintain, type Maintenance } from '../../src/queue/maintenance.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { backends, queueSettings } from '../support/service.ts';

/** Looks after the queue once. */
function tendOnce(tended: Maintenance): Promise<void> {
  const once = new AbortController();
  const tending = maintain(tended, once.signal);
  once.abort();
  return tending;
}

test.each(backends)(
  'a queue on %s that somebody paused is not filled but said to be paused, and goes on when it is resumed',
  async (backend) => {
    const [db, polar, settings] = [await freshDatabase(), await startPolar({ links: 0 }), await queueSettings(backend)];
    const { context } = syncing(polar, db);
    const [stream] = context.source.streams;
    if (!stream) throw new Error('there is no stream');
    const log = createLogger('silent');
    const address = { redisUrl: settings.REDIS_URL, prefix: 'checkout-sync-test' };
    const queue = await openQueue(address, db, log, new AbortController().signal);
    onTestFinished(() => queue.close());
    const walk = randomUUID();
    await db.pool.query(
      `insert into sync.checkpoints (account, stream, mode, list, walk_id, started_at, updated_at) values ('default', $1, 'full', '', $2, now(), now())`,
      [stream.name, walk],
    );
    await db.pool.query(
      `insert into sync.runs (account, stream, mode, list, walk_id, started_at) values ('default', $1, 'full', '', $2, now())`,
      [stream.name, walk],
    );
    const warn = vi.spyOn(log, 'warn');
    const runnable = [{ context, stream }];
    const tended = { db, log, queue, scheduled: [], runnable, keepChangesDays: 30, restrain: async () => undefined };
    const waiting = () => queue.bull.getJobCountByTypes('waiting');
    await queue.bull.pause();
    await tendOnce(tended);
    expect(warn.mock.calls.flat()).toEqual([expect.stringContaining('the queue is paused')]);
    await queue.bull.resume();
    expect(await waiting()).toBe(0); // a paused queue in Postgres shows none
    await tendOnce(tended);
    expect(await waiting()).toBe(1);
  },
);
