import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { isObject, type Json } from '../../src/model/json.ts';
import { openContext } from '../../src/sync/context.ts';
import type { Progress } from '../../src/sync/progress.ts';
import { sync } from '../../src/sync/sync.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { freshDatabase } from '../support/database.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { engineOf } from '../support/engine.ts';
import { contents, rows } from '../support/records.ts';
import { sourceOf } from '../support/source.ts';
import { fynnDifferences } from '../oracle/fynn.ts';
import { differences, witness } from '../oracle/oracle.ts';

const streams = ['polar.checkout_links', 'polar.checkouts'] as const;

test('accounts of two sources in one database each equal their own source, and what one is refused changes nothing of the others', async () => {
  const db = await freshDatabase();
  const polars = await Promise.all([1, 2, 3].map((seed) => startPolar({ seed, links: 6, checkouts: 15 })));
  const fynns = await Promise.all([1, 2].map((seed) => startFynn({ seed, links: 4 })));
  const names = ['default', 'acme', 'third'];
  const named = (index: number) => (index === 0 ? {} : { account: names[index]?.toUpperCase() ?? '' });
  const polarAccounts = polars.map((simulator, index) => syncing(simulator, db, named(index)));
  const fynnAccounts = fynns.map((simulator, index) => syncingFynn(simulator, db, named(index)));
  const syncAll = async () => {
    const runs = [
      ...polarAccounts.flatMap(({ sync: syncOne }) => streams.map((stream) => syncOne(stream))),
      ...fynnAccounts.map(({ syncAll: all }) => all()),
    ];
    return (await Promise.all(runs)).flat();
  };
  for (const run of await syncAll()) expect(run).toMatchObject({ outcome: 'complete', rejected: 0 });
  const seen = polars.map((simulator) => witness(simulator));
  const faults = async () =>
    Promise.all([
      ...polars.map((simulator, index) => differences(simulator, db, seen[index], names[index])),
      ...fynns.map((simulator, index) => fynnDifferences(simulator, db, names[index])),
    ]);
  expect((await faults()).flat()).toEqual([]);

  const [first, second, third] = polars;
  if (!first || !second || !third) throw new Error('there are three');
  first.polar.settings.token = 'polar_oat_another';
  second.intercept(() => ({ fault: 'status', status: 403, body: { error: 'Forbidden', detail: 'no' } }));
  third.polar.deleteLink([...third.polar.links.keys()][0] ?? '');
  const runs = await syncAll();
  const failed = runs
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ account, stream }) => `${stream}/${account}`);
  expect(failed.toSorted()).toEqual(
    ['default', 'acme'].flatMap((account) => streams.map((stream) => `${stream}/${account}`)).toSorted(),
  );
  expect((await faults()).flat()).toEqual([]);
  expect(await rows(db, 'select account from polar.checkout_links where deleted_at is not null')).toEqual([
    { account: 'third' },
  ]);
});

test('each line of a run and its progress name the stream and the account', async () => {
  const [db, polar] = [await freshDatabase(), await startPolar({ links: 3, checkouts: 0 })];
  for (const id of polar.polar.links.keys())
    polar.polar.tamper(id, (json) => (isObject(json) ? { ...json, new_field: 1 } : json));
  const late = { fault: 'headers' as const, headers: { date: new Date(Date.now() - 86_400_000).toUTCString() } };
  polar.intercept(() => (polar.requests.length === 1 ? { fault: 'status', status: 500 } : late));
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'info', base: null }, { write: (line) => void lines.push(JSON.parse(line)) });
  const source = sourceOf({ POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url }, 'ACME');
  const [shown, context] = [[] as Progress[], openContext(db, source, log)];
  const [links] = source.streams;
  if (!links) throw new Error('there are streams');
  const onProgress = (progress: Progress) => void shown.push(progress);
  await sync({ ...context, onProgress }, links, 'full', new AbortController().signal);
  await context.http.close();
  const ref = { account: 'acme', stream: 'polar.checkout_links' };
  const [retried, ...others] = lines;
  expect(retried).toMatchObject({ source: 'polar', account: 'acme', attempt: 1 });
  expect(others).toMatchObject([
    { source: 'polar', account: 'acme', msg: expect.stringMatching(/the database's clock is/) },
    { ...ref, msg: expect.stringMatching(/no column/) },
    { ...ref, msg: 'run complete' },
  ]);
  expect(shown).toMatchObject([{ ...ref, mode: 'full', pages: 1, expectedPages: 1, records: 3, phase: 'walk' }]);
});

/** A Polar whose links do not say whose they are, as its orders do not. */
function withNamelessLinks({ url, token }: Simulator, db: Database) {
  const source = sourceOf({ POLAR_ACCESS_TOKEN: token, POLAR_API_URL: url });
  const ownerOf = (record: Json) => (isObject(record) && 'label' in record ? undefined : source.ownerOf?.(record));
  const isOfLinks = ({ name }: { name: string }) => name === 'polar.checkout_links';
  const linksFirst = source.streams.map((stream) => (isOfLinks(stream) ? { ...stream, ownerColumn: null } : stream));
  return engineOf({ ...source, ownerOf, streams: linksFirst }, db);
}

test('records that do not say whose they are get their tombstones, and are refused when the token is another organization’s', async () => {
  const [db, polar] = [await freshDatabase(), await startPolar({ links: 4, checkouts: 6 })];
  const engine = withNamelessLinks(polar, db);
  for (const stream of streams) expect(await engine.sync(stream)).toMatchObject({ outcome: 'complete', rejected: 0 });
  polar.polar.deleteLink([...polar.polar.links.keys()][0] ?? '');
  expect(await engine.sync('polar.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 1, requests: 2 });

  const stored = await contents(db);
  const other = await startPolar({ seed: 2, links: 3, checkouts: 2, token: 'polar_oat_of_another' });
  const swapped = withNamelessLinks(other, db);
  for (const stream of streams)
    expect(await swapped.sync(stream)).toMatchObject({
      outcome: 'failed',
      next: 'fail',
      error: expect.stringMatching(/POLAR_ACCESS_TOKEN (no longer )?shows/),
    });
  expect(await swapped.pull('polar.checkout_links', [...polar.polar.links.keys()].at(-1) ?? '')).toMatchObject([
    { outcome: 'not visible' },
  ]);
  expect(await contents(db)).toEqual(stored);
});
