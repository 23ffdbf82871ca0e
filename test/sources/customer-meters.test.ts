import { expect, test } from 'vitest';
import { DAY, later } from '../../src/simulator/instants.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { engineOf, type EngineOptions } from '../support/engine.ts';
import { rows, value } from '../support/records.ts';
import { polarAt } from '../support/source.ts';

const STREAM = 'polar.customer_meters';

/** Prepares a merchant whose token may read usage, with `used` rows that have counted, and `unused` newer ones. */
async function prepare({ used, unused, ...options }: { used: number; unused: number } & EngineOptions) {
  const [simulator, db] = [await startPolar({ links: 1, checkouts: 0, scopes: 'every' }), await freshDatabase()];
  const { polar, streams } = simulator;
  const engine = engineOf(polarAt(simulator, { POLAR_STREAMS: 'customer_meters' }), db, options);
  streams[STREAM]?.seed(used + unused);
  const ids = [...polar.streams.customer_meters.records.keys()];
  const past = (days: number) => later(polar.clock.now(), -days * DAY);
  for (const [at, id] of ids.slice(0, used).entries()) polar.countUsage(id, 1, past(90 - at));
  return { polar, simulator, db, ids, ...engine };
}

test('an incremental walk of usage finds what changed, of any age, with one request', async () => {
  const { polar, db, ids, sync } = await prepare({ used: 6, unused: 2 });
  await sync(STREAM);
  const [id = ''] = ids;
  polar.countUsage(id, 2.125);
  expect(await sync(STREAM, 'incremental')).toMatchObject({ outcome: 'complete', requests: 1, updated: 1 });
  const used = 'select consumed_units::text, balance::text from polar.customer_meters where id = $1';
  expect(await rows(db, used, [id])).toEqual([{ consumed_units: '3.125', balance: '-3.125' }]);
});

test('what never counted comes first on the list, and is skipped with few requests', async () => {
  const { polar, ids, sync } = await prepare({ used: 9, unused: 64, pageSize: 2 });
  await sync(STREAM);
  const [first = '', second = '', , , fifth = ''] = ids;
  for (const id of [first, second, fifth]) polar.countUsage(id, 1);
  const run = await sync(STREAM, 'incremental');
  expect(run).toMatchObject({ outcome: 'complete', updated: 3 });
  expect(run.requests).toBeLessThanOrEqual(14);
});

test('usage is complete where nothing has counted, where all has, and where the list ends between', async () => {
  for (const [used, unused] of [
    [0, 5],
    [2, 2],
    [1, 4],
    [0, 0],
  ] as const) {
    const { polar, db, ids, sync } = await prepare({ used, unused, pageSize: 2 });
    await sync(STREAM);
    for (const id of ids) polar.countUsage(id, 1);
    expect(await sync(STREAM, 'incremental')).toMatchObject({ outcome: 'complete', updated: ids.length });
    expect(await value(db, 'select count(*)::int from polar.customer_meters where consumed_units > 0')).toBe(
      ids.length,
    );
  }
});

test('usage of an archived meter is not listed: it stays, no walk asks for it, and what is deleted is still found', async () => {
  const { polar, simulator, db, ids, sync, verify } = await prepare({ used: 6, unused: 6 });
  await sync(STREAM);
  const meterOf = (id: string) => polar.streams.customer_meters.records.get(id)?.meter_id ?? '';
  const hidden = ids.filter((id) => meterOf(id) === meterOf(ids[0] ?? ''));
  const shown = ids.filter((id) => !hidden.includes(id));
  polar.archiveMeter(meterOf(ids[0] ?? ''));
  // The meter’s own stream or any copy of it shows that it is archived.
  await db.pool.query('update polar.meters set archived_at = now() where id = $1', [meterOf(ids[0] ?? '')]);
  polar.deleteCustomerMeter(shown[0] ?? '');
  const before = simulator.requests.length;
  expect(await sync(STREAM)).toMatchObject({ outcome: 'complete', records: shown.length - 1, tombstoned: 1 });
  expect(simulator.requests.slice(before).filter(({ path }) => hidden.some((id) => path.includes(id)))).toEqual([]);
  expect(await verify(STREAM)).toMatchObject({ missing: 0, extra: 0, different: 0 });
  expect(await value(db, 'select count(*)::int from polar.customer_meters where deleted_at is null')).toBe(
    ids.length - 1,
  );
});
