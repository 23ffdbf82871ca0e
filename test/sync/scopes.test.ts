import { expect, test } from 'vitest';
import { checkSource } from '../../src/extract/check-source.ts';
import { missingScopes } from '../../src/ledger/scopes.ts';
import { createLogger } from '../../src/model/log.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { refOf } from '../../src/model/stream.ts';
import { expectedNow } from '../../src/sync/overdue.ts';
import { askScopes } from '../../src/sync/scopes.ts';
import { freshDatabase } from '../support/database.ts';
import { engineOf } from '../support/engine.ts';
import { startFynn } from '../support/fynn.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows } from '../support/records.ts';
import { polarAt, sourceOf, withOptional } from '../support/source.ts';

const { signal } = new AbortController();
const SESSIONS = 'polar.checkouts';

/** Polar with sessions as an optional stream that the token may not read, or may. */
async function prepare({ scopes = ['checkout_links:read'] } = {}) {
  const [polar, db] = [await startPolar({ links: 2, checkouts: 3, scopes }), await freshDatabase()];
  const source = withOptional(polarAt(polar), SESSIONS);
  const { context, sync } = engineOf(source, db);
  const known = async () => (await missingScopes(db.pool, [source])).get(SESSIONS);
  const ask = () => askScopes(context, signal);
  return { polar, db, source, sync, ask, known };
}

const stored = (db: Awaited<ReturnType<typeof freshDatabase>>) =>
  rows(db, 'select source, missing_scopes, scopes_asked_at is not null as asked from sync.accounts');

test('the scope of an optional stream is asked for with one record, and noted until the token has it', async () => {
  const { polar, db, ask, known } = await prepare();
  expect(await ask()).toEqual({ regained: [], isConclusive: true });
  expect(polar.requests.map(({ path, query }) => [path, query.get('limit')])).toEqual([['/v1/checkouts/', '1']]);
  expect(await known()).toEqual({ scope: 'checkouts:read', isLeftOut: true });
  expect(await stored(db)).toEqual([{ source: 'polar', missing_scopes: ['checkouts:read'], asked: true }]);
  expect(await ask()).toMatchObject({ regained: [] });

  polar.polar.settings.scopes.push('checkouts:read');
  expect(await ask()).toMatchObject({ regained: [{ name: SESSIONS }], isConclusive: true });
  expect(await known()).toBeUndefined();
});

const others: [string, Fault][] = [
  [
    'a proxy that refuses',
    { fault: 'status', status: 403, headers: { 'content-type': 'text/html' }, body: '<p>no</p>' },
  ],
  ['a proxy that refuses in JSON', { fault: 'status', status: 403, body: { message: 'blocked' } }],
  ['a token that is refused', { fault: 'status', status: 401, body: { error: 'invalid_token', detail: 'x' } }],
  ['a source that fails', { fault: 'status', status: 503 }],
  ['a connection that breaks', 'reset'],
];

test.each(others)('%s changes nothing of what is known about scopes', async (_what, fault) => {
  const { polar, db, ask, known } = await prepare();
  polar.intercept(() => fault);
  expect(await ask()).toEqual({ regained: [], isConclusive: false });
  expect(await stored(db)).toEqual([]);
  polar.intercept(null);
  await ask();
  const before = await rows(db, 'select * from sync.accounts');
  polar.polar.settings.scopes.push('checkouts:read');
  polar.intercept(() => fault);
  expect(await ask()).toEqual({ regained: [], isConclusive: false });
  expect(await known()).toEqual({ scope: 'checkouts:read', isLeftOut: true });
  expect(await rows(db, 'select * from sync.accounts')).toEqual(before);
});

test('an optional stream that loses its scope fails one run, which notes it, and a run that completes forgets it', async () => {
  const { polar, sync, known } = await prepare();
  expect(await sync(SESSIONS)).toMatchObject({ outcome: 'failed', error: expect.stringMatching(/lacks the scope/) });
  expect(await known()).toEqual({ scope: 'checkouts:read', isLeftOut: true });
  polar.polar.settings.scopes.push('checkouts:read');
  expect(await sync(SESSIONS)).toMatchObject({ outcome: 'complete' });
  expect(await known()).toBeUndefined();
});

test('a stream that is not optional is never asked for, and its missing scope is noted and fails each run', async () => {
  const [polar, db] = [
    await startPolar({ links: 1, checkouts: 1, scopes: ['checkout_links:read'] }),
    await freshDatabase(),
  ];
  const { context, sync } = syncing(polar, db);
  await askScopes(context, signal);
  expect(polar.requests).toEqual([]);
  for (let run = 0; run < 2; run++) expect(await sync(SESSIONS)).toMatchObject({ outcome: 'failed', next: 'fail' });
  expect((await missingScopes(db.pool, [context.source])).get(SESSIONS)).toEqual({
    scope: 'checkouts:read',
    isLeftOut: false,
  });
});

test('a permission that Fynn refuses is that of the list that was requested', async () => {
  const [fynn, db] = [await startFynn({ links: 2 }), await freshDatabase()];
  const source = sourceOf(fynn.settings);
  fynn.intercept(({ path }) =>
    path.startsWith('/price-plans') ? { fault: 'status', status: 403, body: { title: 'Verboten' } } : undefined,
  );
  expect(await engineOf(source, db).sync('fynn.checkout_links')).toMatchObject({ outcome: 'failed' });
  expect(await stored(db)).toMatchObject([{ source: 'fynn', missing_scopes: ['price-plan:read'] }]);
});

test('without prices among the streams, doctor still checks that they may be read, and a deletion still needs their list', async () => {
  const [fynn, db] = [await startFynn({ links: 2, permissions: ['checkout-link:read'] }), await freshDatabase()];
  const source = sourceOf({ ...fynn.settings, FYNN_STREAMS: 'checkout_links' });
  const checks = await checkSource(source, createLogger('silent'), signal);
  expect(checks.find(({ check }) => check === 'fynn.permissions.price-plan:read')).toMatchObject({ state: 'problem' });

  const { pull } = engineOf(source, db);
  const [id = ''] = fynn.fynn.links.keys();
  await pull('fynn.checkout_links', id);
  fynn.intercept(({ path }) =>
    path.endsWith(id) ? { fault: 'status', status: 404, body: { title: 'Nicht gefunden' } } : undefined,
  );
  await expect(pull('fynn.checkout_links', id)).rejects.toThrow(/price-plan:read/);
  expect(await rows(db, 'select deleted_at from fynn.checkout_links')).toEqual([{ deleted_at: null }]);
});

test('no walk of a stream that is left out is expected', async () => {
  const { db, source, ask } = await prepare();
  const schedule = { everyMs: 1000 };
  const scheduled = source.streams.map((stream) => ({ ...refOf(stream), mode: 'full' as const, schedule }));
  const expected = async () =>
    (await expectedNow(db.pool, 0, { scheduled, sources: [source] })).map(({ stream }) => stream);
  expect(await expected()).toEqual(['polar.checkout_links', SESSIONS]);
  await ask();
  expect(await expected()).toEqual(['polar.checkout_links']);
});

test('doctor takes a missing scope of an optional stream for no problem', async () => {
  const { source } = await prepare();
  const checks = await checkSource(source, createLogger('silent'), signal);
  expect(checks.filter(({ state }) => state === 'problem')).toEqual([]);
  expect(checks.find(({ check }) => check === 'polar.scopes.checkouts:read')).toEqual({
    check: 'polar.scopes.checkouts:read',
    state: 'skipped',
    found: 'the token does not have it: polar.checkouts is left out until it does',
  });
});

test('doctor names a scope that two streams need once, with both', async () => {
  const polar = await startPolar({ links: 1, checkouts: 1, scopes: 'every' });
  const source = polarAt(polar, { POLAR_STREAMS: 'benefits,benefit_grants' });
  const checks = await checkSource(source, createLogger('silent'), signal);
  expect(checks.filter(({ check }) => check === 'polar.scopes.benefits:read')).toEqual([
    {
      check: 'polar.scopes.benefits:read',
      state: 'ok',
      found: 'polar.benefits may be read, polar.benefit_grants may be read',
    },
  ]);
});
