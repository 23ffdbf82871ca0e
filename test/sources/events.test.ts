import { expect, test } from 'vitest';
import { DAY, later } from '../../src/simulator/instants.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { engineOf, type EngineOptions } from '../support/engine.ts';
import { rows, value } from '../support/records.ts';
import { polarAt, sourceOf } from '../support/source.ts';
import { officialClient } from '../support/official-client.ts';

const STREAM = 'polar.events';

/** Prepares a merchant with `count` events, which the token may read. */
async function prepare({ count, ...options }: { count: number } & EngineOptions) {
  const [simulator, db] = [await startPolar({ links: 1, checkouts: 0, scopes: 'every' }), await freshDatabase()];
  const engine = engineOf(polarAt(simulator, { POLAR_STREAMS: 'events' }), db, options);
  simulator.streams[STREAM]?.seed(count);
  return { polar: simulator.polar, simulator, db, ...engine };
}

test('events are off unless they are named', () => {
  const settings = { POLAR_ACCESS_TOKEN: 'polar_oat_test' };
  const names = (more: Record<string, string>) => sourceOf({ ...settings, ...more }).streams.map(({ name }) => name);
  expect(names({})).not.toContain(STREAM);
  expect(names({ POLAR_STREAMS: 'events,checkouts' })).toContain(STREAM);
});

test('a page past the end, which says that there are no events, ends a walk and proves no deletion', async () => {
  for (const [count, pageSize] of [
    [6, 3],
    [1, 1],
    [0, 3],
  ] as const) {
    const { sync, verify } = await prepare({ count, pageSize });
    const run = await sync(STREAM);
    expect(run).toMatchObject({ outcome: 'complete', records: count, tombstoned: 0 });
    expect(run.requests).toBeLessThanOrEqual(count / pageSize + 2);
    expect(await sync(STREAM)).toMatchObject({ outcome: 'complete', inserted: 0, updated: 0, tombstoned: 0 });
    expect(await verify(STREAM)).toMatchObject({ missing: 0, extra: 0, different: 0 });
  }
});

test('an event that is dated back, as that of an order that was paid late, is found by an incremental walk', async () => {
  const { polar, db, sync } = await prepare({ count: 3 });
  await sync(STREAM);
  const { id } = polar.ingestEvent({ timestamp: later(polar.clock.now(), -21 * DAY), name: 'balance.order' });
  expect(await sync(STREAM, 'incremental')).toMatchObject({ outcome: 'complete', requests: 1, inserted: 1 });
  expect(await rows(db, 'select name, source from polar.events where id = $1', [id])).toEqual([
    { name: 'balance.order', source: 'system' },
  ]);
});

test('events of usage and of other names are not asked for', async () => {
  const { polar, db, sync } = await prepare({ count: 2 });
  polar.ingestEvent({ name: 'prompt', source: 'user', metadata: { prompt: 'private' } });
  polar.ingestEvent({ name: 'meter.credited' });
  expect(await sync(STREAM)).toMatchObject({ records: 2 });
  expect(await value(db, `select count(*)::int from polar.events where name in ('prompt', 'meter.credited')`)).toBe(0);
});

test('every order that was paid has its events, as the official client reads them', async () => {
  const { polar, token, url } = await startPolar({ links: 5, checkouts: 150, scopes: 'every' });
  const { list } = officialClient({ token, url }).events;
  const noted = new Map<string, string[]>();
  const pages = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((page) => list({ limit: 100, page, source: 'system' })));
  for (const event of pages.flatMap(({ items }) => items)) {
    const { name, metadata, customer } = event;
    expect(customer?.id).toBe(polar.streams.events.records.get(event.id)?.customer_id);
    const about = 'order_id' in metadata && typeof metadata.order_id === 'string' ? metadata.order_id : '';
    noted.set(about, [...(noted.get(about) ?? []), name]);
  }
  const paid = [...polar.streams.orders.records.values()].filter(({ status }) => status === 'paid');
  expect(paid.length).toBeGreaterThan(20);
  for (const { id } of paid) expect(noted.get(id)).toEqual(expect.arrayContaining(['order.paid', 'balance.order']));
});
