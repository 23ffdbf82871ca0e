import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import type { Interceptor } from '../../src/simulator/serve.ts';
import type { Run } from '../../src/sync/sync.ts';
import { IMPATIENT, isSilent, passingFaults } from '../support/faults.ts';
import { freshDatabase } from '../support/database.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { startPolar, syncing, type Syncing } from '../support/polar.ts';
import { contents, empty, value } from '../support/records.ts';

const size = { links: 130, checkouts: 230 };

async function syncAll({ sync }: Syncing) {
  return [await sync('polar.checkout_links'), await sync('polar.checkouts')];
}

/** A simulated source, and how all its streams are walked. */
interface Subject {
  simulator: { intercept: (hook: Interceptor | null) => void };
  walkAll: (db: Database, patience?: typeof IMPATIENT) => Promise<Run[]>;
}

const subjects = {
  polar: async (): Promise<Subject> => {
    const simulator = await startPolar({ links: 13, checkouts: 23 });
    return { simulator, walkAll: (db, patience) => syncAll(syncing(simulator, db, { ...patience, pageSize: 10 })) };
  },
  fynn: async (): Promise<Subject> => {
    const simulator = await startFynn({ links: 2, prices: 8 });
    return { simulator, walkAll: (db, patience) => syncingFynn(simulator, db, patience).syncAll() };
  },
};

const sources = Object.keys(subjects) as (keyof typeof subjects)[];
const requestsOf = (runs: readonly Run[]) => runs.reduce((sum, run) => sum + run.requests, 0);

describe.each(sources)('of %s', (source) => {
  test.each(Object.entries(passingFaults))(
    '%s at any request is overcome, and the tables are the same',
    async (_name, fault) => {
      const { simulator, walkAll } = await subjects[source]();
      const undisturbed = await freshDatabase();
      const requests = requestsOf(await walkAll(undisturbed));
      const expected = await contents(undisturbed);
      const db = await freshDatabase();
      for (let position = 0; position < requests; position++) {
        await empty(db);
        let request = 0;
        simulator.intercept(() => (request++ === position ? fault : undefined));
        const disturbed = await walkAll(db, isSilent(fault) ? IMPATIENT : undefined);
        simulator.intercept(null);
        expect(disturbed.map((run) => run.error ?? run.outcome)).toEqual(['complete', 'complete']);
        if (isSilent(fault)) expect(requestsOf(disturbed)).toBeGreaterThan(requests);
        else expect(requestsOf(disturbed)).toBe(requests + 1);
        expect(await contents(db)).toEqual(expected);
      }
    },
  );
});

/** Final faults, with each source's message, which names what its operator has to do. */
const final: Record<string, { fault: Fault; says: Partial<Record<keyof typeof subjects, RegExp>> }> = {
  'a redirect': {
    fault: 'redirect',
    says: {
      polar: /redirected \(307\) to http:\/\/elsewhere\.invalid.*check the URL/,
      fynn: /redirected \(307\) to http:\/\/elsewhere\.invalid.*check the URL/,
    },
  },
  'an expired token': {
    fault: {
      fault: 'status',
      status: 401,
      body: { error: 'invalid_token', error_description: 'The access token provided is expired' },
    },
    says: {
      polar: /does not accept the access token \(401\).*POLAR_ACCESS_TOKEN/,
      fynn: /does not accept the API key \(401\).*FYNN_API_KEY/,
    },
  },
  'a removed API version': {
    fault: { fault: 'status', status: 404, body: { detail: 'Not Found' } },
    says: { polar: /does not know API version 2026-10.*POLAR_API_VERSION/ },
  },
  'a missing permission': {
    fault: { fault: 'status', status: 403, body: { title: 'Ein Fehler', detail: 'Es fehlt die Berechtigung' } },
    says: { fynn: /may not do this \(403\): it needs .* \(Es fehlt die Berechtigung\)/ },
  },
  'a refused query': {
    fault: {
      fault: 'status',
      status: 422,
      body: {
        error: 'RequestValidationError',
        detail: [{ type: 'enum', loc: ['query', 'sorting', 0], msg: 'Input should be …' }],
      },
    },
    says: {
      polar: /refuses the request \(422\): query\.sorting\.0: Input should be/,
      fynn: /refuses the request \(422\): no detail given/,
    },
  },
};

const told = Object.entries(final).flatMap(([name, { fault, says }]) =>
  sources.flatMap((source) => (says[source] ? [[name, source, fault, says[source]] as const] : [])),
);

test.each(told)(
  '%s at any request to %s ends the run at once with one clear line, and deletes nothing',
  async (_name, source, fault, says) => {
    const { simulator, walkAll } = await subjects[source]();
    const db = await freshDatabase();
    const before = await walkAll(db);
    const table = { polar: 'polar.checkouts', fynn: 'fynn.checkout_links' }[source];
    for (let position = 0; position < requestsOf(before); position++) {
      let request = 0;
      simulator.intercept(() => (request++ >= position ? fault : undefined));
      const runs = await walkAll(db);
      simulator.intercept(null);
      expect(runs.at(-1)?.outcome).toBe('failed');
      for (const { error = '', tombstoned } of runs.filter(({ outcome }) => outcome === 'failed')) {
        expect(error).toMatch(says);
        expect(error).not.toContain('\n');
        expect(tombstoned).toBe(0);
      }
      expect(request).toBeLessThanOrEqual(position + 13); // the pages read ahead, none of them twice, and the other stream
      expect(await value(db, `select count(*)::int from ${table} where deleted_at is not null`)).toBe(0);
      expect((await walkAll(db)).map(({ outcome }) => outcome)).toEqual(['complete', 'complete']);
    }
  },
);

test('a token without a scope is told which one, after one request, and the other stream continues', async () => {
  const polar = await startPolar({ ...size, scopes: ['checkouts:read'] });
  const db = await freshDatabase();
  const [links, sessions] = await syncAll(syncing(polar, db));
  expect(links).toMatchObject({
    outcome: 'failed',
    requests: 1,
    error: expect.stringContaining('lacks the scope checkout_links:read (403)'),
  });
  expect(sessions).toMatchObject({ outcome: 'complete', records: 230 });
});

test('a version that is removed between two walks tombstones nothing', async () => {
  const polar = await startPolar(size);
  const db = await freshDatabase();
  const { sync } = syncing(polar, db);
  await sync('polar.checkout_links');
  for (const id of [...polar.polar.links.keys()].slice(0, 5)) polar.polar.deleteLink(id);
  let requests = 0;
  polar.intercept(({ path }) => {
    requests += 1;
    return /checkout-links\/.+/.test(path)
      ? { fault: 'status', status: 404, body: { detail: 'Not Found' } }
      : undefined;
  });
  const run = await sync('polar.checkout_links');
  expect(requests).toBeGreaterThan(2);
  expect(run).toMatchObject({ outcome: 'failed', tombstoned: 0, error: expect.stringContaining('API version') });
  expect(await value(db, 'select count(*)::int from polar.checkout_links where deleted_at is not null')).toBe(0);
});

test('a 404 that does not carry the pinned version is no proof of a deletion', async () => {
  const polar = await startPolar(size);
  const db = await freshDatabase();
  const { sync } = syncing(polar, db);
  await sync('polar.checkout_links');
  const [id = ''] = polar.polar.links.keys();
  polar.polar.deleteLink(id);
  polar.intercept(({ path }) =>
    path.endsWith(id) ? { fault: 'headers', headers: { 'polar-version': '2027-01' } } : undefined,
  );
  expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'failed', tombstoned: 0 });
  polar.intercept(null);
  expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 1 });
});

test('a 429 is waited out for as long as it says', async () => {
  const polar = await startPolar(size);
  const db = await freshDatabase();
  let request = 0;
  const incoming: number[] = [];
  polar.intercept(() => {
    incoming.push(performance.now());
    return request++ === 0 ? { fault: 'status', status: 429, headers: { 'retry-after': '1' } } : undefined;
  });
  expect(await syncing(polar, db).sync('polar.checkout_links')).toMatchObject({ outcome: 'complete' });
  expect((incoming[1] ?? 0) - (incoming[0] ?? 0)).toBeGreaterThanOrEqual(990);
});

test('a source that never recovers fails the run in one line, and the next run continues from the stored pages', async () => {
  const polar = await startPolar({ links: 0, checkouts: 730 });
  const db = await freshDatabase();
  const context = syncing(polar, db, { concurrency: 1 });
  let request = 0;
  polar.intercept(() => (request++ >= 4 ? { fault: 'status', status: 503 } : undefined));
  const failed = await context.sync('polar.checkouts');
  expect(failed).toMatchObject({ outcome: 'failed', pages: 4, error: expect.stringContaining('(503)') });
  polar.intercept(null);
  polar.requests.length = 0;
  const resumed = await context.sync('polar.checkouts');
  expect(resumed).toMatchObject({ outcome: 'complete', requests: 4 });
  expect(polar.requests.map(({ query }) => `${query.get('sorting')} ${query.get('page')}`)).toEqual([
    'created_at 4',
    'created_at 5',
    'created_at 6',
    'created_at 7',
  ]);
  expect(await value(db, 'select count(*)::int from polar.checkouts')).toBe(730);
});

test('a page that cannot be stored ends the run immediately, though the next page is long in coming', async () => {
  const polar = await startPolar(size);
  const db = await freshDatabase();
  await db.pool.query(`
    create function polar.refuse() returns trigger language plpgsql as $$
    begin raise exception 'no more room' using errcode = '42501'; end $$;
    create trigger refuse before insert on polar.checkouts for each row execute function polar.refuse()`);
  let request = 0;
  polar.intercept(() => (request++ > 0 ? 'hang' : undefined));
  const started = performance.now();
  expect(await syncing(polar, db).sync('polar.checkouts')).toMatchObject({
    outcome: 'failed',
    error: expect.stringContaining('no more room'),
  });
  expect(performance.now() - started).toBeLessThan(30_000); // a request that hangs is given up after 35 seconds
});
