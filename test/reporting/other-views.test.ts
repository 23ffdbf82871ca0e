import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { migrate } from '../../src/database/migrate.ts';
import { reportingViews } from '../../src/reporting/reporting-views.ts';
import { freshDatabase } from '../support/database.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { DAY, formatInstant } from '../../src/simulator/instants.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows, uuid, value } from '../support/records.ts';
import { followMerchant } from './merchant.ts';

test('the links of both sources are side by side, with what they offer', async () => {
  const db = await freshDatabase();
  const [polar, fynn] = [await startPolar({ links: 4, checkouts: 0 }), await startFynn()];
  await syncing(polar, db).sync('polar.checkout_links');
  await syncingFynn(fynn, db).sync('fynn.checkout_links');
  const links = await rows(db, `select source, link_id, label, product_names from analytics.links`);
  const [mine, theirs] = ['polar', 'fynn'].map((source) => links.filter((link) => link.source === source));
  expect(mine).toHaveLength(4);
  const stored = await rows(
    db,
    `select 'fynn' as source, l.id as link_id, l.slug as label, array(
       select coalesce(p.name, n.name, '') from fynn.checkout_link_items i left join fynn.products p on p.id = i.product_id
       left join fynn.plans n on n.id = i.plan_id where i.checkout_link_id = l.id order by i.position) as product_names from fynn.checkout_links l`,
  );
  expect(theirs).toEqual(expect.arrayContaining(stored));
  expect(theirs?.length).toBe(stored.length);
  expect(stored.length).toBeGreaterThan(2);
});

test('freshness names the last complete walks, the feed, and since when there is a history', async () => {
  const db = await freshDatabase();
  const polar = await startPolar({ links: 2, checkouts: 5 });
  const engine = syncing(polar, db);
  await engine.sync('polar.checkouts');
  const running: unknown[] = [];
  polar.intercept(async () => {
    running.push(await value(db, 'select is_running from analytics.freshness'));
    return { fault: 'status', status: 403 };
  });
  await engine.sync('polar.checkouts').catch(() => undefined);
  expect(new Set(running)).toEqual(new Set([true]));
  const found = await rows(
    db,
    `select stream, complete_until = full_until as is_full, last_seq = (select max(seq) from analytics.changes) as is_last, min_seq,
       history_since = (select first_seen_at from sync.accounts) as since_first, is_running, rejected, failed_at is not null as has_failed
     from analytics.freshness`,
  );
  expect(found).toEqual([
    {
      stream: 'polar.checkouts',
      is_full: true,
      is_last: true,
      min_seq: '0',
      since_first: true,
      is_running: false,
      rejected: '0',
      has_failed: true,
    },
  ]);
  polar.intercept(null);
  await engine.sync('polar.checkouts');
  expect(await value(db, 'select failed_at from analytics.freshness')).toBeNull();
});

test('each version of a price, product, link and discount lasts until the next one, and the last is the present one', async () => {
  const db = await freshDatabase();
  const polar = await startPolar({ links: 6, checkouts: 0 });
  const engine = syncing(polar, db);
  await engine.sync('polar.checkout_links');
  for (const link of polar.polar.links.values()) {
    polar.polar.updateLink(link.id, { label: `Renamed ${link.id}`, discount_id: null });
    for (const id of link.product_ids) polar.polar.updateProduct(id, { name: `Renamed ${id}` });
  }
  await engine.sync('polar.checkout_links');
  const histories = {
    product_history: ['product_id', 'polar.products', 'name'],
    link_history: ['link_id', 'polar.checkout_links', 'label'],
    price_history: ['product_price_id', 'polar.product_prices', 'price_amount'],
    discount_history: ['discount_id', 'polar.discounts', 'name'],
  };
  for (const [view, [key, table, column]] of Object.entries(histories)) {
    const wrong = await rows(
      db,
      `select * from (
         select h.valid_to, lead(valid_from) over (partition by ${key} order by valid_from) as next, h.${column} is not distinct from t.${column} as is_same
         from analytics.${view} h join ${table} t on t.id::text = h.${key}::text) v
       where valid_to is distinct from next or (valid_to is null and not is_same)`,
    );
    expect([view, wrong]).toEqual([view, []]);
    expect([view, await value(db, `select count(*) > 0 from analytics.${view}`)]).toEqual([view, true]);
  }
  const changed = `select count(*)::int from analytics.link_history where valid_to is not null`;
  expect(await value(db, changed)).toBe(6);
});

test('a session belongs to the link that had its metadata when it was made, whatever the link has today', async () => {
  const db = await freshDatabase();
  const { polar, ...source } = await startPolar({ links: 0, checkouts: 0 });
  const engine = syncing(source, db);
  const [link, other] = ['spring', 'summer'].map((campaign) => polar.createLink({ metadata: { campaign } }).id);
  await engine.sync('polar.checkout_links');
  const made = [polar.visitLink(link ?? '')];
  polar.updateLink(link ?? '', { metadata: { campaign: 'autumn' } });
  made.push(polar.visitLink(link ?? ''));
  polar.updateLink(other ?? '', { metadata: { campaign: 'spring' } });
  made.push(polar.visitLink(other ?? ''));
  await engine.sync('polar.checkout_links');
  await engine.sync('polar.checkouts');
  const found = await rows(db, 'select checkout_id, link_id, link_match from analytics.checkouts');
  const expected = made.map(({ id, truth }) => ({ checkout_id: id, link_id: truth.link_id, link_match: 'metadata' }));
  expect(found).toEqual(expect.arrayContaining(expected));
  expect(found).toHaveLength(3);
});

test('a session belongs to no link where the keys of its visit fit several, and to the one that they fit alone', async () => {
  const db = await freshDatabase();
  const { polar, ...source } = await startPolar({ links: 0, checkouts: 0 });
  const engine = syncing(source, db);
  const [mail, any] = [{ campaign: 'spring', utm_source: 'mail' }, { campaign: 'spring' }].map(
    (metadata) => polar.createLink({ metadata }).id,
  );
  await engine.sync('polar.checkout_links');
  const [ofMail, ofAny] = [mail, any].map((link) => polar.visitLink(link ?? '', {}).id);
  await engine.sync('polar.checkouts');
  expect(
    await rows(db, 'select checkout_id, link_id, link_match from analytics.checkouts order by link_match'),
  ).toEqual([
    { checkout_id: ofMail, link_id: null, link_match: 'ambiguous' },
    { checkout_id: ofAny, link_id: any, link_match: 'metadata' },
  ]);
  const counts =
    'select link_id, link_match, opened::int from analytics.link_performance where opened > 0 order by link_match';
  expect(await rows(db, counts)).toEqual([
    { link_id: null, link_match: 'ambiguous', opened: 1 },
    { link_id: any, link_match: 'metadata', opened: 1 },
  ]);
});

test('a session that was first seen when it had been paid after its end was viewed', async () => {
  const db = await freshDatabase();
  const { polar, ...source } = await startPolar({
    links: 0,
    checkouts: 0,
    now: formatInstant(Date.now() * 1000 - 4 * DAY),
  });
  const { sync, pull } = syncing(source, db);
  const followed = polar.createCheckout().id;
  await sync('polar.checkouts');
  const late = polar.createCheckout().id;
  await db.pool.query(`update sync.histories set since = now() - interval '9 days';
    update sync.accounts set first_seen_at = now() - interval '9 days'`);
  for (const id of [followed, late]) polar.confirm(id);
  polar.clock.advance((2 * DAY) / 1000);
  for (const id of [followed, late]) polar.succeed(id);
  await pull('polar.checkouts', followed, late);
  expect(
    await rows(db, `select checkout_id, opened_at = expires_at as until_end from analytics.checkouts order by 2`),
  ).toEqual([
    { checkout_id: followed, until_end: true },
    { checkout_id: late, until_end: null },
  ]);
  expect(
    await rows(
      db,
      'select sum(viewed)::int as viewed, sum(paid + free)::int as succeeded from analytics.checkouts_daily',
    ),
  ).toEqual([{ viewed: 2, succeeded: 2 }]);
});

test('the customer of a session that has an e-mail address only is the one whom Polar knows by it', async () => {
  const db = await freshDatabase();
  const polar = await startPolar({ links: 0, checkouts: 0 });
  const left = polar.polar.identify(polar.polar.createCheckout().id);
  await syncing(polar, db).sync('polar.checkouts');
  const key = `select customer_key from analytics.checkouts where checkout_id = '${left.id}'`;
  expect(await value(db, key)).toMatch(/^email_[0-9a-f]{32}$/);
  await db.pool.query(
    `insert into polar.customers (id, account, organization_id, email, created_at, observed_at)
     select '00000000-0000-4000-8000-000000000007', account, organization_id, upper(customer_email), now(), now() from polar.checkouts`,
  );
  expect(await value(db, key)).toBe('00000000-0000-4000-8000-000000000007');
});

test('a paid session of which neither change nor end is known counts on the day when it was made', async () => {
  const db = await freshDatabase();
  const source = await startPolar({ links: 0, checkouts: 12 });
  await syncing(source, db).sync('polar.checkouts');
  const paid = `select count(*)::int from analytics.checkouts where outcome = 'paid'`;
  expect(await value(db, paid)).toBeGreaterThan(0);
  await db.pool.query('update polar.checkouts set modified_at = null, expires_at = null');
  expect(await value(db, 'select sum(sales)::int from analytics.revenue_daily')).toBe(await value(db, paid));
});

test('an unknown interval has no monthly amount, and no join loses a subscription without currency or organization', async () => {
  const db = await freshDatabase();
  const insert = (id: number, interval: string | null) =>
    db.pool.query(
      `insert into polar.subscriptions (id, account, created_at, started_at, observed_at, amount, recurring_interval, recurring_interval_count)
       values ($1, 'default', now(), now(), now(), 1200, $2, 1)`,
      [uuid(id), interval],
    );
  for (const [at, interval] of ['year', 'month', 'quarter', null].entries()) await insert(at, interval);
  expect(await rows(db, 'select monthly_amount from analytics.subscriptions order by subscription_id')).toEqual(
    ['100', '1200', null, null].map((monthly_amount) => ({ monthly_amount })),
  );
  const question = await readFile('examples/metabase/recurring-revenue.sql', 'utf8');
  expect(await rows(db, question.replace(/\[\[.*\]\]/, ''))).toMatchObject([{ active_subscriptions: '4' }]);
});

test('a session or a link whose metadata is no object has no link, and hides no other', async () => {
  const db = await freshDatabase();
  await db.pool
    .query(`insert into polar.checkout_links (id, account, observed_at, organization_id, created_at, metadata)
    select ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'default', now(), '${uuid(9)}', '2026-01-01', metadata
    from (values (1, '{"link": "a"}'::jsonb), (2, '"text"'), (3, '7'), (4, '["link"]'), (5, 'null')) l(n, metadata)`);
  await db.pool
    .query(`insert into polar.checkouts (id, account, observed_at, organization_id, created_at, status, metadata)
    select gen_random_uuid(), 'default', now(), organization_id, '2026-02-01', 'expired', metadata from polar.checkout_links`);
  expect(
    await rows(db, `select link_id, count(*)::int as sessions from analytics.checkouts group by 1 order by 1`),
  ).toEqual([
    { link_id: uuid(1), sessions: 1 },
    { link_id: null, sessions: 4 },
  ]);
  expect(await value(db, 'select sum(opened)::int from analytics.link_performance')).toBe(5);
});

test('the hour that a clock repeats at midnight belongs to the day that it shows, of orders as well', async () => {
  const db = await freshDatabase();
  await migrate(db, reportingViews(parseConfig({ REPORT_TIMEZONE: 'America/Havana' }).report));
  await db.pool.query(
    `insert into polar.orders (id, account, created_at, observed_at, paid)
     select gen_random_uuid(), 'default', at, now(), true from unnest('{2025-11-02T03:59Z,2025-11-02T04:30Z,2025-11-02T05:30Z}'::timestamptz[]) at`,
  );
  expect(await rows(db, 'select day::text, orders::int from analytics.orders_daily order by 1')).toEqual([
    { day: '2025-11-01', orders: 1 },
    { day: '2025-11-02', orders: 2 },
  ]);
});

test('a deleted subscription is in no figure of a month', async () => {
  const db = await freshDatabase();
  await db.pool.query(
    `insert into polar.subscriptions (id, account, created_at, started_at, observed_at, amount, currency, recurring_interval, recurring_interval_count, deleted_at)
     select gen_random_uuid(), 'default', now(), now() - interval '40 days', now(), 1200, 'usd', 'month', 1, deleted_at
     from unnest(array[null, now()]) deleted_at`,
  );
  expect(await rows(db, `select is_active from analytics.subscriptions order by deleted_at nulls first`)).toEqual([
    { is_active: true },
    { is_active: false },
  ]);
  expect(await value(db, 'select max(mrr_amount)::int from analytics.mrr_monthly')).toBe(1200);
  expect(await value(db, 'select sum(new_subscriptions)::int from analytics.churn_monthly')).toBe(1);
});

test('a wrong date, such as the year 1 or 9999, adds no days and months to the views, and changes no figure of the others', async () => {
  const db = await freshDatabase();
  const store = (moment: string) =>
    db.pool.query(
      `insert into polar.checkouts (id, account, observed_at, created_at, modified_at, status, total_amount, net_amount, currency)
       values (gen_random_uuid(), 'default', now(), ${moment}, ${moment}, 'succeeded', 100, 100, 'usd');
       insert into polar.orders (id, account, observed_at, created_at, paid, net_amount, currency)
       values (gen_random_uuid(), 'default', now(), ${moment}, true, 100, 'usd');
       insert into polar.subscriptions (id, account, observed_at, created_at, started_at, ended_at, amount, currency, recurring_interval, recurring_interval_count)
       values (gen_random_uuid(), 'default', now(), ${moment}, ${moment}, ${moment}, 100, 'usd', 'month', 1)`,
    );
  const figures = async () => ({
    days: await value(db, 'select count(*)::int from reporting.days'),
    checkouts: await rows(db, 'select day, opened, net_amount from analytics.checkouts_daily order by 1'),
    orders: await rows(db, 'select day, orders, net_amount from analytics.orders_daily order by 1'),
    months: await rows(db, 'select month, mrr_amount from analytics.mrr_monthly order by 1'),
    churn: await rows(
      db,
      'select month, new_subscriptions, churned_subscriptions from analytics.churn_monthly order by 1',
    ),
  });
  await store(`now() - interval '3 days'`);
  const before = await figures();
  for (const moment of ['0001-01-01T00:00Z', '1970-01-01T00:00Z', '9999-12-31T23:59Z']) await store(`'${moment}'`);
  expect(await figures()).toEqual(before);
});

test('a paid session without currency or organization is in every view once', async () => {
  const db = await freshDatabase();
  await db.pool.query(
    `insert into polar.products (id, account, observed_at) values ('${uuid(1)}', 'default', now());
     insert into polar.checkouts (id, account, observed_at, created_at, status, customer_id, product_id, total_amount, net_amount, currency)
     select gen_random_uuid(), 'default', now(), now() - interval '3 days', 'succeeded', '${uuid(2)}', '${uuid(1)}', 100, 100, currency
     from unnest(array[null, 'usd']) currency;
     insert into polar.checkout_products (checkout_id, product_id, position, account) select id, product_id, 0, account from polar.checkouts`,
  );
  expect(
    await rows(db, 'select currency, opened, offered, net_amount from analytics.product_performance order by 1'),
  ).toEqual(['usd', null].map((currency) => ({ currency, opened: '1', offered: '1', net_amount: '100' })));
  expect(await rows(db, 'select purchases, net_amounts from analytics.customers')).toEqual([
    { purchases: '2', net_amounts: { usd: 100 } },
  ]);
});

test('abandoned sessions are shown alike when they are months old', async () => {
  const db = await freshDatabase();
  await followMerchant(db, { seed: 1, account: 'default', checkouts: 40, edits: 250 });
  await db.pool.query(LOSE_SIGN);
  const shown = await rows(db, ABANDONED);
  expect(shown.filter(({ recovered_by }) => recovered_by !== null).length).toBeGreaterThan(3);
  expect(shown.filter(({ is_engaged_now }) => !is_engaged_now)).toHaveLength(1);
  await db.pool.query(AGE);
  const ids = shown.map(({ checkout_id }) => checkout_id);
  expect(await rows(db, `select * from (${ABANDONED}) a where checkout_id = any($1)`, [ids])).toEqual(shown);
});

/** Leaves one session a sign of a customer in its history alone. */
const LOSE_SIGN = `
  update history.checkouts set has_email = true where seq = (
    select min(h.seq) from history.checkouts h join analytics.checkouts c using (checkout_id) where c.outcome = 'unengaged')`;

const ABANDONED = `
  select a.checkout_id, a.recovered_by, a.customer_key, a.step, a.attempts, a.net_amount, s.has_sign as is_engaged_now
  from analytics.abandoned_checkouts a join reporting.sessions s using (checkout_id) order by 1`;

/** Makes all sessions older by more than the month that abandoned_checkouts reads in another way. */
const AGE = `
  update polar.checkouts set created_at = created_at - interval '60 days', modified_at = modified_at - interval '60 days',
    expires_at = expires_at - interval '60 days';
  update history.checkouts set valid_from = valid_from - interval '60 days', modified_at = modified_at - interval '60 days';
  update sync.histories set since = since - interval '60 days'`;
