import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows } from '../support/records.ts';
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
      ...polarAccounts.flatMap(({ sync }) => streams.map((stream) => sync(stream))),
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
