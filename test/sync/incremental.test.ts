import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { contents, rows, value } from '../support/records.ts';

test('an incremental run reads what can have changed, and finds it', async () => {
  const polar = await startPolar({ links: 0, checkouts: 3000, seed: 5 });
  const [db, whole] = [await freshDatabase(), await freshDatabase()];
  const { sync } = syncing(polar, db);
  await sync('polar.checkouts');
  const open = [...polar.polar.checkouts.values()].filter(({ status }) => status === 'open');
  for (const { id } of open.slice(0, 3)) polar.polar.confirm(id);
  for (let count = 0; count < 30; count++) polar.polar.createCheckout();
  const run = await sync('polar.checkouts', 'incremental');
  const recent = [...polar.polar.checkouts.values()].filter(
    ({ created_at }) => Date.parse(created_at) > Date.now() - 48 * 3_600_000,
  );
  expect(run).toMatchObject({ outcome: 'complete', mode: 'incremental', inserted: 30 });
  expect(run.updated).toBeGreaterThanOrEqual(3);
  expect(run.requests).toBeLessThanOrEqual(Math.ceil((recent.length + open.length) / 100) + 2);
  await syncing(polar, whole).sync('polar.checkouts');
  expect(await contents(db)).toEqual(await contents(whole));
});

test('a session that stays open for longer than the look-back is still followed', async () => {
  const polar = await startPolar({ links: 0, checkouts: 900 });
  const db = await freshDatabase();
  const { sync } = syncing(polar, db);
  await sync('polar.checkouts');
  const [old] = polar.polar.checkouts.values();
  if (!old) throw new Error('the simulator has no session');
  polar.polar.tamper(old.id, (json) => ({
    ...(json as object),
    status: 'confirmed',
    modified_at: new Date().toISOString(),
  }));
  polar.intercept(({ query }) =>
    query.getAll('status').length > 0
      ? {
          fault: 'rewrite',
          json: (body) => ({
            ...(body as object),
            items: [polar.polar.json.checkout(old.id)],
            pagination: { total_count: 1, max_page: 1 },
          }),
        }
      : undefined,
  );
  expect(await sync('polar.checkouts', 'incremental')).toMatchObject({ outcome: 'complete', mode: 'incremental' });
  expect(await value(db, 'select status from polar.checkouts where id = $1', [old.id])).toBe('confirmed');
});

test('sessions that stay confirmed for ever are not read each time, those of the last month are', async () => {
  const polar = await startPolar({ links: 0, checkouts: 0 });
  const db = await freshDatabase();
  const { sync } = syncing(polar, db, { pageSize: 5 });
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const create = (count: number, days: number) => {
    polar.polar.clock.set(daysAgo(days));
    return Array.from({ length: count }, () => polar.polar.createCheckout().id);
  };
  const [stuck, slow, open] = [create(60, 50), create(3, 20), create(2, 10)];
  for (const id of [...stuck, ...slow]) polar.polar.confirm(id);
  polar.polar.clock.set(daysAgo(0));
  await sync('polar.checkouts');
  for (const id of slow) polar.polar.succeed(id);
  for (const id of open) polar.polar.confirm(id);
  const run = await sync('polar.checkouts', 'incremental');
  expect(run).toMatchObject({ outcome: 'complete', updated: slow.length + open.length });
  expect(run.requests).toBeLessThanOrEqual(6);
});

test('the first run is a full one whatever was asked for, and links are always walked in full', async () => {
  const polar = await startPolar({ links: 10, checkouts: 10 });
  const db = await freshDatabase();
  const { sync } = syncing(polar, db);
  expect(await sync('polar.checkouts', 'incremental')).toMatchObject({ mode: 'full', outcome: 'complete' });
  expect(await sync('polar.checkouts', 'incremental')).toMatchObject({
    mode: 'incremental',
    outcome: 'complete',
    requests: 2,
  });
  await sync('polar.checkout_links');
  expect(await sync('polar.checkout_links', 'incremental')).toMatchObject({
    mode: 'full',
    outcome: 'complete',
    requests: 1,
  });
  expect(
    (await rows(db, `select mode from sync.runs where stream = 'polar.checkouts' order by id`)).map(({ mode }) => mode),
  ).toEqual(['full', 'incremental']);
});

test('an old session that is anonymized, or computed from another discount today, changes with the full walk', async () => {
  const polar = await startPolar({ links: 0, checkouts: 900 });
  const db = await freshDatabase();
  const { sync } = syncing(polar, db);
  await sync('polar.checkouts');
  const [anonymized, computed] = [...polar.polar.checkouts.values()].filter(({ status }) => status === 'succeeded');
  if (!anonymized || !computed) throw new Error('the simulator has sold too little');
  polar.polar.updateCheckout(anonymized.id, { customer_email: 'hash@polar.sh', customer_name: 'hash' });
  polar.polar.tamper(computed.id, (json) => ({ ...json, discount_amount: 4242 })); // without another modified_at
  const ids = [anonymized.id, computed.id];
  const stored = () => rows(db, 'select * from polar.checkouts where id = any($1) order by id', [ids]);
  const before = await stored();
  await sync('polar.checkouts', 'incremental');
  expect(await stored()).toEqual(before);
  expect(await sync('polar.checkouts')).toMatchObject({ updated: 2 });
  expect(await value(db, 'select customer_email from polar.checkouts where id = $1', [anonymized.id])).toBe(
    'hash@polar.sh',
  );
  expect(await value(db, 'select discount_amount::int from polar.checkouts where id = $1', [computed.id])).toBe(4242);
});
