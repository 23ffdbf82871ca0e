import { describe, expect, test } from 'vitest';
import { checkSource } from '../../src/extract/check-source.ts';
import { isObject } from '../../src/model/json.ts';
import { freshDatabase } from '../support/database.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { contents, value } from '../support/records.ts';

const MISMATCH = (received: string, asked: string) =>
  new RegExp(`is record ${received}, not ${asked}: nothing of it was stored`);

/** A synced merchant at Polar, where each request by id is answered with the record of another one. */
async function mixedUp() {
  const [simulator, db] = [await startPolar({ links: 5, checkouts: 6 }), await freshDatabase()];
  const { context, sync, pull, verify } = syncing(simulator, db);
  await sync('polar.checkout_links');
  const { polar } = simulator;
  const [asked = '', other = ''] = polar.links.keys();
  const answer = polar.json.link(other);
  const mixUp = () =>
    simulator.intercept(({ path }) => (/links\/.+/.test(path) ? { fault: 'rewrite', json: () => answer } : undefined));
  return { simulator, polar, db, context, sync, pull, verify, asked, other, mixUp };
}

describe('an answer that is another record than the one asked for', () => {
  test('is refused by pull, which stores nothing and names both', async () => {
    const { db, pull, asked, other, mixUp } = await mixedUp();
    await db.pool.query('update polar.checkout_links set label = null');
    const before = await contents(db);
    mixUp();
    await expect(pull('polar.checkout_links', asked)).rejects.toThrow(MISMATCH(other, asked));
    expect(await contents(db)).toEqual(before);
  });

  test('proves no deletion: the run fails, is tried again, and marks nothing as deleted', async () => {
    const { simulator, polar, db, sync, asked, other } = await mixedUp();
    polar.deleteLink(asked);
    simulator.intercept(({ path }) =>
      path.endsWith(asked) ? { fault: 'status', status: 200, body: polar.json.link(other) } : undefined,
    );
    expect(await sync('polar.checkout_links')).toMatchObject({
      outcome: 'failed',
      next: 'retry',
      tombstoned: 0,
      error: expect.stringMatching(MISMATCH(other, asked)),
    });
    simulator.intercept(null);
    expect(await value(db, 'select count(deleted_at)::int from polar.checkout_links')).toBe(0);
    expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 1 });
  });

  test('is no verdict of verify', async () => {
    const { db, verify, asked, other, mixUp } = await mixedUp();
    await db.pool.query(`delete from polar.checkout_link_products`);
    await db.pool.query('delete from polar.checkout_links where id <> $1', [asked]);
    mixUp();
    expect(await verify('polar.checkout_links', 1)).toMatchObject({
      extra: 0,
      error: expect.stringMatching(MISMATCH(other, asked)),
    });
  });

  test('that comes once is asked for again', async () => {
    const { simulator, polar, pull, asked, other } = await mixedUp();
    const answer = polar.json.link(other);
    simulator.intercept(() => {
      simulator.intercept(null);
      return { fault: 'rewrite', json: () => answer };
    });
    expect(await pull('polar.checkout_links', asked)).toEqual([{ id: asked, outcome: 'unchanged' }]);
  });

  test('is refused by a walk by ids, and found by the doctor', async () => {
    const [simulator, db] = [await startFynn({ links: 3 }), await freshDatabase()];
    const { context, sync } = syncingFynn(simulator, db);
    const [first = '', second = ''] = simulator.fynn.links.keys();
    simulator.intercept(({ path }) =>
      path.includes('/checkout-links/')
        ? { fault: 'rewrite', json: () => simulator.fynn.json.link(path.endsWith(first) ? second : first) }
        : undefined,
    );
    expect(await sync('fynn.checkout_links')).toMatchObject({
      outcome: 'failed',
      records: 0,
      error: expect.stringMatching(/is record .*, not .*: nothing/),
    });
    expect(await value(db, 'select count(*)::int from fynn.checkout_links')).toBe(0);
    const checks = await checkSource(context.source, context.log, new AbortController().signal);
    expect(
      checks
        .filter(({ state }) => state === 'problem')
        .map(({ found }) => found)
        .join(),
    ).toMatch(/is record .*, not/);
  });

  test('is told by an id that an item of Fynn’s has, while one without is what was asked for', async () => {
    const [simulator, db] = [await startFynn({ itemIds: true }), await freshDatabase()];
    const { pull } = syncingFynn(simulator, db);
    const [first = '', second = ''] = simulator.fynn.items.keys();
    simulator.intercept(() => ({
      fault: 'rewrite',
      json: (body) => (isObject(body) ? { ...body, id: second } : body),
    }));
    await expect(pull('fynn.checkout_link_items', first)).rejects.toThrow(MISMATCH(second, first));
    simulator.intercept(null);
    expect(await pull('fynn.checkout_link_items', first)).toEqual([{ id: first, outcome: 'inserted' }]);
  });
});

test('the id of a UUID is the same in upper and lower case', async () => {
  const { pull, asked } = await mixedUp();
  expect(await pull('polar.checkout_links', asked.toUpperCase())).toMatchObject([{ outcome: 'unchanged' }]);
});
