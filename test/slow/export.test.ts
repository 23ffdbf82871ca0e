import { join } from 'node:path';
import { expect, test } from 'vitest';
import { random } from '../../src/simulator/random.ts';
import { applyFynn, FYNN_KINDS } from '../oracle/fynn-kinds.ts';
import { connectClient, freshDatabase } from '../support/database.ts';
import { openDuckDb } from '../support/duckdb.ts';
import { engineOf } from '../support/engine.ts';
import { applyExport, copiesUnlike, exportsFolder, manifestIn, sinceSeqOf } from '../support/exports.ts';
import { startFynn } from '../support/fynn.ts';
import { startPolar } from '../support/polar.ts';
import { rows } from '../support/records.ts';
import { call, run } from '../support/run.ts';
import { sourceOf } from '../support/source.ts';

const SESSIONS = 200_000;

const INSERT_SESSIONS = `
insert into polar.checkouts (id, account, created_at, modified_at, expires_at, observed_at, status, url, success_url, amount, discount_amount,
  net_amount, tax_amount, total_amount, currency, customer_name, customer_email, customer_billing_address, allow_discount_codes, metadata, extra)
select gen_random_uuid(), 'default', now() - n * interval '7 minutes 0.123457 seconds', nullif(now() - n * interval '6 minutes', now() - interval '1 day'), now(), now(),
  (array['open', 'expired', 'succeeded', null])[n % 4 + 1], 'https://polar.sh/checkout/' || md5(n::text), 'https://example.com/thanks?id=' || n, n, n % 7,
  n - n % 7, n / 5, 9007199254740000 + n, 'usd', 'Name ' || n, 'buyer' || n || '@example.com',
  jsonb_build_object('country', 'CA', 'line1', n || ' Street', 'postal_code', md5(n::text)), n % 2 = 0,
  jsonb_build_object('utm_source', 'campaign ' || n % 50, 'number', n, 'text', repeat(md5(n::text), 8)), '{}'
from generate_series(1, ${SESSIONS}) n`;

/** Figures that differ when a microsecond, a bit, or a text differs; SQL of both databases. */
const figures = (micros: (column: string) => string) => `
select count(*)::text as rows, count(distinct id)::text as ids, sum(${micros('created_at')})::text as created, sum(${micros('modified_at')})::text as modified,
  sum(total_amount)::text as total, sum(net_amount)::text as net, count(status)::text as with_status, sum(case when allow_discount_codes then 1 else 0 end)::text as allowing,
  min(customer_email) as first, max(url) as last, sum(length(success_url))::text as urls, sum(cast(metadata ->> 'number' as bigint))::text as numbers,
  sum(length(metadata ->> 'text'))::text as texts, sum(length(cast(customer_billing_address as text)))::text as addresses from`;

/** The option of `bin/checkout-sync.js` that `NODE_OPTIONS` may hold, and the peak of the memory on stderr when the process ends. */
const MEASURED = `--max-semi-space-size=16 --import=data:text/javascript,process.on(%22exit%22,()=%3Econsole.error(process.resourceUsage().maxRSS))`;

test('a Parquet export of 200,000 sessions takes less than 400 MB, and DuckDB reads the same figures from it', async () => {
  const db = await freshDatabase();
  const client = await connectClient(db.url); // whose queries may take long
  await client.query(INSERT_SESSIONS);
  const folder = await exportsFolder();
  const settings = { DATABASE_URL: db.url, LOG_LEVEL: 'silent', NODE_OPTIONS: MEASURED };
  const { code, stderr } = await run(['export', 'polar.checkouts', '--out', folder], settings);
  expect(code).toBe(0);
  expect(Number(stderr)).toBeGreaterThan(10_000);
  expect(Number(stderr)).toBeLessThan(400_000);
  const duckdb = await openDuckDb();
  const read = await duckdb.rows(
    `${figures((column) => `epoch_us(${column})`)} '${join(folder, 'polar.checkouts.parquet')}'`,
  );
  const stored = await rows(
    db,
    `${figures((column) => `(extract(epoch from ${column}) * 1000000)::bigint`)} polar.checkouts`,
  );
  expect(read).toEqual(stored);
});

test.each([1, 2, 3])(
  'exports since a seq add up to whole ones, for all tables of both sources (seed %i)',
  async (seed) => {
    const db = await freshDatabase();
    const polar = await startPolar({ seed, links: 8, checkouts: 40 });
    const fynn = await startFynn({ seed, links: 6, prices: 8, hasLinkList: true });
    const sources = [
      sourceOf({ POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url }),
      sourceOf({ FYNN_API_KEY: fynn.apiKey, FYNN_API_URL: fynn.url }),
    ];
    const engines = sources.map((source) => ({ source, engine: engineOf(source, db) }));
    const syncAll = async () => {
      for (const { source, engine } of engines) for (const { name } of source.streams) await engine.sync(name);
    };
    const exported = async (...args: string[]) => {
      const folder = await exportsFolder();
      const ended = await call(['export', 'polar', 'fynn', ...args, '--out', folder], { DATABASE_URL: db.url });
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      return folder;
    };
    const chance = random(seed, 'exports');
    const edit = () => {
      const steps = polar.polar.traffic();
      for (let turn = 0; turn < 40; turn++) chance.pick(steps)[1](chance);
      polar.polar.hardDeleteCheckout(chance.pick([...polar.polar.checkouts.keys()]));
      for (let turn = 0; turn < 15; turn++)
        applyFynn(fynn.fynn, {
          kind: chance.pick(FYNN_KINDS),
          place: chance.integer(0, 30),
          other: chance.integer(0, 30),
        });
    };
    await syncAll();
    const duckdb = await openDuckDb();
    let last = await exported();
    await applyExport(duckdb, last);
    for (let round = 0; round < 2; round++) {
      edit();
      await syncAll();
      last = await exported(sinceSeqOf(await manifestIn(last)));
      await applyExport(duckdb, last);
    }
    const ops = await rows(db, 'select distinct op from sync.changes order by 1');
    expect(ops.map(({ op }) => op)).toEqual(expect.arrayContaining(['d', 'i', 't', 'u']));
    expect(await copiesUnlike(duckdb, await exported())).toEqual([]);
  },
);
