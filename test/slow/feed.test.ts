import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { createConsumer, FEED_AUDIT, feedDifferences } from '../support/feed.ts';
import { startPolar } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { startService, until } from '../support/service.ts';

const SECRET = 'polar_whs_a_secret_for_this_test';

test('a consumer that polls every 40 ms during a backfill with edits and webhooks, and dies now and then, gets every change once and in order', async () => {
  const polar = await startPolar({ links: 40, checkouts: 8000 });
  const db = await freshDatabase();
  await db.pool.query(FEED_AUDIT);
  let batches = 0;
  const consumer = createConsumer('polar', { dies: () => batches++ % 8 === 0 }); // the first batch, and then every eighth
  const stop = new AbortController();
  const following = consumer.follow(() => db.url, 40, stop.signal);
  const service = await startService(db, {
    POLAR_ACCESS_TOKEN: polar.token,
    POLAR_API_URL: polar.url,
    POLAR_WEBHOOK_SECRET: SECRET,
    POLAR_REQUESTS_PER_MINUTE: '450',
    SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 3s',
  });
  polar.webhooks({ url: `${service.url}/webhooks/polar`, secret: SECRET });
  polar.live({ perSecond: 2 });
  const complete = async (stream: string, mode: string) =>
    Number(
      await value(db, `select count(*)::int from sync.runs where (stream, mode, outcome) = ($1, $2, 'complete')`, [
        stream,
        mode,
      ]),
    );
  await until('the backfill and a few walks after it are complete', async () => {
    const counts = [
      await complete('polar.checkouts', 'full'),
      await complete('polar.checkout_links', 'full'),
      (await complete('polar.checkouts', 'incremental')) - 2,
    ];
    return Math.min(...counts) > 0;
  });
  polar.live(null);
  await polar.deliveries.settled();
  await service.close();
  stop.abort();
  await following;
  expect(consumer.deaths()).toBeGreaterThan(0);

  await consumer.drain(db.url);
  expect(consumer.delivered.length).toBeGreaterThan(8000);
  expect(await rows(db, feedDifferences(true))).toEqual([]);
  const seqs = (await rows(db, 'select seq::int from sync.changes order by seq')).map(({ seq }) => seq);
  expect(consumer.delivered).toEqual(seqs);
  for (const [table, { copy, table: stored }] of Object.entries(await consumer.compare(db.pool)))
    expect(copy, table).toBe(stored);
});
