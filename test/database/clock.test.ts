import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { commitRecords } from '../../src/load/commit.ts';
import type { Database } from '../../src/database/database.ts';
import { acquireLease } from '../../src/ledger/lease.ts';
import { prune } from '../../src/ledger/prune.ts';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import { fynnStreams } from '../../src/sources/fynn/index.ts';
import { discount as discountEntity } from '../../src/sources/polar/discount.ts';
import type { Entity } from '../../src/model/entity.ts';
import { wasAhead } from '../support/ahead.ts';
import { sharedDatabase } from '../support/database.ts';
import {
  at,
  empty,
  fynnOrigin,
  link,
  polarOrigin,
  price,
  product,
  rows,
  session,
  store,
  uuid,
  value,
} from '../support/records.ts';

const shared = sharedDatabase();
let db: Database;
beforeEach(async () => {
  db = shared();
  await empty(db);
});

let sent = 0;
const webhook = (entity: Entity, data: JsonObject, isDeleted = false, receivedAt = new Date().toISOString()) =>
  commitWebhooks(db, polarOrigin, [
    { id: `evt_${(sent += 1)}`, receivedAt, event: { type: 'x', recordId: null, record: { entity, data, isDeleted } } },
  ]);

const now = () => new Date().toISOString();
const future = (ms: number) => new Date(Date.now() + ms).toISOString();
const isInFuture = (table: string) => value(db, `select bool_or(observed_at > now()) from ${table}`);
const DAY = 86_400_000;

describe.each(['1 day', '90 seconds'])('what was observed while the clock was %s ahead', (span) => {
  test('is replaced by what is seen now, and is set right where nothing differs', async () => {
    const records = [link(1, { label: 'stays', products: [product(3)] }), link(2, { label: 'before' })];
    await store(db, 'polar.checkout_links', records, now());
    await wasAhead(db, span);
    const changed = [records[0] ?? {}, link(2, { label: 'after' })];
    const stored = await store(db, 'polar.checkout_links', changed, now());
    expect(stored).toMatchObject({ skewed: 3, effect: { inserted: 0, updated: 2, skewed: 2 } });
    expect(await value(db, 'select label from polar.checkout_links where id = $1', [uuid(2)])).toBe('after');
    expect([await isInFuture('polar.checkout_links'), await isInFuture('polar.products')]).toEqual([false, false]);
    expect(await store(db, 'polar.checkout_links', changed, now())).toMatchObject({
      skewed: 0,
      effect: { updated: 0 },
    });
  });

  test('loses no newer version: a state of an older one is not stored', async () => {
    await store(db, 'polar.checkouts', [session(1, { status: 'succeeded', modified_at: at(5) })], now());
    await wasAhead(db, span);
    await store(db, 'polar.checkouts', [session(1, { status: 'open', modified_at: at(4) })], now());
    expect(await value(db, 'select status from polar.checkouts')).toBe('succeeded');
  });

  test('loses to a webhook, also to one that says that it is deleted', async () => {
    const discount = { id: uuid(5), created_at: at(1), modified_at: null, name: 'Spring' };
    await webhook(discountEntity, discount);
    await wasAhead(db, span);
    await webhook(discountEntity, { ...discount, name: 'Summer' });
    expect(await value(db, 'select name from polar.discounts')).toBe('Summer');
    await wasAhead(db, span);
    await webhook(discountEntity, { ...discount, name: 'Summer' }, true);
    expect(await value(db, 'select deleted_at <= now() and observed_at <= now() from polar.discounts')).toBe(true);
  });

  test('does not keep a deleted record deleted', async () => {
    const discount = { id: uuid(5), created_at: at(1), modified_at: null, name: 'Spring' };
    await webhook(discountEntity, discount);
    await webhook(discountEntity, discount, true);
    await wasAhead(db, span);
    await webhook(discountEntity, discount);
    expect(await rows(db, 'select deleted_at, observed_at <= now() as past from polar.discounts')).toEqual([
      { deleted_at: null, past: true },
    ]);
  });

  test('is not listed for ever: a price that its product no longer lists is archived, an item of Fynn’s deleted', async () => {
    const prices = [price(11, uuid(3)), price(12, uuid(3))];
    await store(db, 'polar.checkout_links', [link(1, { products: [product(3, { prices })] })], now());
    const items = [
      { type: 'product', quantity: 1 },
      { type: 'product', quantity: 2 },
    ];
    const fynnLink = (listed: JsonObject[]) =>
      commitRecords(db, fynnOrigin, fynnStreams['fynn.checkout_links'], {
        records: [{ id: 'link', name: 'Link', items: listed }],
        observedAt: now(),
      });
    await fynnLink(items);
    await wasAhead(db, span);
    await store(db, 'polar.checkout_links', [link(1, { products: [product(3, { prices: prices.slice(1) })] })], now());
    expect(await rows(db, 'select id, is_archived from polar.product_prices order by id')).toEqual([
      { id: uuid(11), is_archived: true },
      { id: uuid(12), is_archived: false },
    ]);
    await fynnLink(items.slice(1));
    expect(await rows(db, 'select quantity from fynn.checkout_link_items')).toEqual([{ quantity: 2 }]);
    await wasAhead(db, span);
    await fynnLink(items);
    expect(await rows(db, 'select quantity from fynn.checkout_link_items order by 1')).toHaveLength(2);
  });

  test('is no rejection for ever: a record that is stored now no longer counts as rejected', async () => {
    const broken = { ...link(1), metadata: {}, label: { not: 'text' } };
    await db.pool.query(
      `insert into sync.rejected_records (account, stream, fingerprint, record_id, reason, payload, first_seen_at, last_seen_at)
       values ('default', 'polar.checkout_links', 'x', $1, 'test', '{}', now(), now())`,
      [uuid(1)],
    );
    await wasAhead(db, span);
    await store(db, 'polar.checkout_links', [broken], now());
    expect(await value(db, 'select count(*)::int from sync.rejected_records where resolved_at is null')).toBe(0);
  });
});

test('a moment in the future that comes in is now: the next state wins', async () => {
  await store(db, 'polar.checkout_links', [link(1, { label: 'from a clock that was ahead' })], future(DAY));
  expect(await isInFuture('polar.checkout_links')).toBe(false);
  await store(db, 'polar.checkout_links', [link(1, { label: 'next' })], now());
  expect(await value(db, 'select label from polar.checkout_links')).toBe('next');
  await webhook(discountEntity, { id: uuid(5), created_at: at(1), name: 'Spring' }, false, future(DAY));
  expect(await value(db, 'select max(received_at) <= now() from sync.webhook_events')).toBe(true);
});

test('a date of the source’s that lies far in the future orders nothing: what is seen later wins', async () => {
  const dated = (status: string, modified_at: string) => session(1, { status, modified_at });
  await store(db, 'polar.checkouts', [dated('open', '2099-01-01T00:00:00Z')], at(10));
  await store(db, 'polar.checkouts', [dated('stale', at(5))], at(9));
  expect(await value(db, 'select status from polar.checkouts')).toBe('open');
  await store(db, 'polar.checkouts', [dated('succeeded', at(5))], at(20));
  expect(await value(db, 'select status from polar.checkouts')).toBe('succeeded');
});

test('a lease that was taken while the clock was ahead does not last longer than a lease', async () => {
  const lease = await acquireLease(db, { account: 'default', stream: 'polar.checkouts' }, 'full');
  await wasAhead(db, '1 day');
  const next = await acquireLease(db, { account: 'default', stream: 'polar.checkouts' }, 'full');
  expect(next.token).toBeGreaterThan(lease.token);
  await lease.release();
  await next.release();
});

test('what is kept for a time is not kept longer because the clock was ahead', async () => {
  await webhook(discountEntity, { id: uuid(5), created_at: at(1), name: 'Spring' });
  await wasAhead(db, '1000 days');
  await prune(db.pool, 30);
  expect(await value(db, 'select max(received_at) <= now() from sync.webhook_events')).toBe(true);
});
