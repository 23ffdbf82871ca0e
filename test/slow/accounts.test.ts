import { describe, expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/model/log.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { openContext } from '../../src/sync/context.ts';
import { sync } from '../../src/sync/sync.ts';
import { fynnDifferences } from '../oracle/fynn.ts';
import { differences, witness } from '../oracle/oracle.ts';
import { freshDatabase } from '../support/database.ts';
import { startFynn } from '../support/fynn.ts';
import { startPolar } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { call } from '../support/run.ts';
import { sourceOf } from '../support/source.ts';
import { backends, queueSettings, startService, until } from '../support/service.ts';

const SECRET = 'polar_whs_secret_of_acme';

const SCHEDULES = {
  SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'every 2s',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'every 2s',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'off',
  SYNC_SCHEDULE_FYNN_CHECKOUT_LINKS_FULL: 'every 2s',
  SYNC_SCHEDULE_FYNN_PRICE_PLANS_FULL: 'every 2s',
};

/** Three accounts of Polar, the last of which may not read sessions, and two of Fynn. */
async function startSources() {
  const [main, acme, poor] = await Promise.all([
    startPolar({ seed: 1, links: 8, checkouts: 120 }),
    startPolar({ seed: 2, links: 9, checkouts: 130 }),
    startPolar({ seed: 3, links: 10, checkouts: 20, scopes: ['checkout_links:read'] }),
  ]);
  const [fynn, eu] = await Promise.all([startFynn({ seed: 1, links: 5 }), startFynn({ seed: 2, links: 6 })]);
  const settings = {
    POLAR_ACCESS_TOKEN: main.token,
    POLAR_API_URL: main.url,
    POLAR_ACCESS_TOKEN__ACME: acme.token,
    POLAR_API_URL__ACME: acme.url,
    POLAR_WEBHOOK_SECRET__ACME: SECRET,
    POLAR_ACCESS_TOKEN__POOR: poor.token,
    POLAR_API_URL__POOR: poor.url,
    FYNN_API_KEY: fynn.apiKey,
    FYNN_API_URL: fynn.url,
    FYNN_REQUESTS_PER_MINUTE: '100000',
    FYNN_API_KEY__EU: eu.apiKey,
    FYNN_API_URL__EU: eu.url,
    FYNN_REQUESTS_PER_MINUTE__EU: '100000',
    ...Object.fromEntries(['', '__ACME', '__POOR'].map((suffix) => [`POLAR_REQUESTS_PER_MINUTE${suffix}`, '100000'])),
  };
  return { main, acme, poor, fynn, eu, settings };
}

type Sources = Awaited<ReturnType<typeof startSources>>;

/** Returns each account's oracle, and the streams that its credential may read. */
function accountsOf(db: Database, { main, acme, poor, fynn, eu }: Sources) {
  const both = ['polar.checkout_links', 'polar.checkouts'] as const;
  const ofFynn = ['fynn.checkout_links', 'fynn.price_plans'];
  const seen = { main: witness(main), acme: witness(acme), poor: witness(poor, ['polar.checkout_links']) };
  return {
    'polar/default': { streams: both, compare: () => differences(main, db, seen.main, 'default') },
    'polar/acme': { streams: both, compare: () => differences(acme, db, seen.acme, 'acme') },
    'polar/poor': { streams: both.slice(0, 1), compare: () => differences(poor, db, seen.poor, 'poor') },
    'fynn/default': { streams: ofFynn, compare: () => fynnDifferences(fynn, db, 'default') },
    'fynn/eu': { streams: ofFynn, compare: () => fynnDifferences(eu, db, 'eu') },
  };
}

type Accounts = ReturnType<typeof accountsOf>;

/** Waits until walks that began from now on have read these accounts to their end, and compares them with their sources. */
async function expectEqual(db: Database, accounts: Accounts, names: readonly (keyof Accounts)[]): Promise<void> {
  const since = await value(db, 'select now()::text');
  for (const name of names) {
    const [, account] = name.split('/');
    for (const stream of accounts[name].streams)
      await until(`${stream} of ${name} was walked`, async () => {
        const complete = `select count(*)::int from sync.runs where account = $1 and stream = $2 and outcome = 'complete' and started_at > $3`;
        return Number(await value(db, complete, [account, stream, since])) > 0;
      });
    expect([name, await accounts[name].compare()]).toEqual([name, []]);
  }
}

describe.each(backends)('five accounts in one worker, with its queue on %s', (backend) => {
  test('each equals its own source, and what happens to one changes nothing of the others', async () => {
    const [db, sources] = [await freshDatabase(), await startSources()];
    const accounts = accountsOf(db, sources);
    const { main, acme, fynn, eu } = sources;
    const service = await startService(db, { ...sources.settings, ...SCHEDULES, ...(await queueSettings(backend)) });
    const all = ['polar/default', 'polar/acme', 'polar/poor', 'fynn/default', 'fynn/eu'] as const;
    await expectEqual(db, accounts, all);

    acme.webhooks({ url: `${service.url}/webhooks/polar/acme`, secret: SECRET });
    acme.polar.createCheckout();
    await acme.deliveries.settled();
    acme.webhooks(null);
    expect(acme.deliveries.failed).toBe(0);
    expect(await rows(db, 'select distinct account from sync.webhook_events')).toEqual([{ account: 'acme' }]);

    // One is refused, one is told to wait, one does not respond at all.
    main.intercept(() => ({ fault: 'status', status: 401, body: { error: 'invalid_token', error_description: 'x' } }));
    acme.intercept(() => ({ fault: 'status', status: 429, headers: { 'retry-after': '3600' } }));
    eu.intercept(() => ({ fault: 'reset' }));
    sources.poor.polar.createLink();
    fynn.fynn.updateLink([...fynn.fynn.links.keys()][0] ?? '', { slug: 'neu' });
    await expectEqual(db, accounts, ['polar/poor', 'fynn/default']);

    main.intercept(null);
    await expectEqual(db, accounts, ['polar/default']);
    await service.close();

    // Another tenant under the name of one, and the removal of another.
    const settings = { ...sources.settings, DATABASE_URL: db.url };
    const swapped = await call(['sync', '--account', 'poor', 'polar.checkout_links'], {
      ...settings,
      POLAR_ACCESS_TOKEN__POOR: main.token,
      POLAR_API_URL__POOR: main.url,
    });
    expect(swapped).toMatchObject({ code: 1, stdout: expect.stringMatching(/account poor of polar .* shows /) });
    expect(await call(['accounts', 'remove', 'eu', '--yes'], settings)).toMatchObject({ code: 0 });
    expect(await value(db, `select count(*)::int from fynn.checkout_links where account = 'eu'`)).toBe(0);
    for (const name of ['polar/default', 'polar/poor', 'fynn/default'] as const)
      expect([name, await accounts[name].compare()]).toEqual([name, []]);
  });
});

/** Returns the instants of an account's first and last request to its simulator, in ms since 1970. */
function spanOf({ requests }: Simulator): { first: number; last: number } {
  const times = requests.map(({ at }) => Date.parse(at));
  return { first: Math.min(...times), last: Math.max(...times) };
}

test('accounts spend their budgets side by side: two need no longer than one, and neither is told to slow down', async () => {
  const db = await freshDatabase();
  const [pages, sliceMs] = [70, 6000]; // the budget has slices of 30 requests
  const polars = await Promise.all(
    [1, 2].map((seed) => startPolar({ seed, links: 0, checkouts: 100 * pages, requestsPerMinute: 300 })),
  );
  const runs = await Promise.all(
    polars.map(async ({ url, token }, index) => {
      const settings = { POLAR_ACCESS_TOKEN: token, POLAR_API_URL: url, POLAR_REQUESTS_PER_MINUTE: '300' };
      const source = sourceOf(settings, index === 1 ? 'ACME' : undefined);
      const [, sessions] = source.streams;
      if (!sessions) throw new Error('there are sessions');
      const context = openContext(db, source, createLogger('silent'));
      onTestFinished(() => context.http.close());
      return sync(context, sessions, 'full', new AbortController().signal);
    }),
  );
  for (const { outcome, requests } of runs) {
    expect(outcome).toBe('complete');
    expect(requests, 'a request that was answered by 429 is sent again').toBeLessThanOrEqual(pages + 1);
  }
  const spans = polars.map(spanOf);
  for (const { first, last } of spans) expect(last - first, 'the budget holds requests up').toBeGreaterThan(sliceMs);
  const together = Math.max(...spans.map(({ last }) => last)) - Math.min(...spans.map(({ first }) => first));
  const alone = Math.max(...spans.map(({ first, last }) => last - first));
  expect(together / alone).toBeLessThan(1.5);
});
