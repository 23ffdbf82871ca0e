import { expect, test } from 'vitest';
import { describeLeftOut } from '../../src/commands/left-out.ts';
import { askForScopes, withoutLeftOut } from '../../src/operations/left-out.ts';
import { parseConfig } from '../../src/config/config.ts';
import { createLogger } from '../../src/model/log.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { rows } from '../support/records.ts';
import { call } from '../support/run.ts';
import { CORE_STREAMS, withOptional } from '../support/source.ts';

/** A database, and settings of a Polar whose token may not read sessions. */
async function prepare() {
  const [polar, db] = [
    await startPolar({ links: 2, checkouts: 3, scopes: ['checkout_links:read'] }),
    await freshDatabase(),
  ];
  const settings = { DATABASE_URL: db.url, POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...CORE_STREAMS };
  return { db, polar, settings };
}

test('sync of all streams leaves out those whose scope is missing, and says so; one that is named is tried', async () => {
  const { db, settings } = await prepare();
  const config = parseConfig(settings);
  const chosen = config.sources
    .map((source) => withOptional(source, 'polar.checkouts'))
    .flatMap((source) => source.streams.map((stream) => ({ source, stream })));
  const context = { config, db, log: createLogger('silent') };
  await askForScopes(context, chosen, new AbortController().signal);
  const { wanted, leftOut } = await withoutLeftOut(context, chosen, { areNamed: false });
  expect(wanted.map(({ stream }) => stream.name)).toEqual(['polar.checkout_links']);
  expect(describeLeftOut(leftOut)).toEqual([
    'left out, as the credential lacks the scope: polar.checkouts needs checkouts:read',
  ]);
  const others = [{ account: 'default', stream: 'polar.orders', scope: 'orders:read' }, ...leftOut];
  expect(describeLeftOut(others)).toEqual([
    'left out, as the credential lacks the scope:',
    '  polar.orders needs orders:read',
    '  polar.checkouts needs checkouts:read',
  ]);
  expect(await withoutLeftOut(context, chosen, { areNamed: true })).toEqual({ wanted: chosen, leftOut: [] });
});

test('only the streams of POLAR_STREAMS are synced, and a missing scope of one fails its run and is shown', async () => {
  const { db, settings } = await prepare();
  const links = await call(['sync', '--json'], { ...settings, POLAR_STREAMS: 'checkout_links' });
  expect(links.code).toBe(0);
  expect(JSON.parse(links.stdout)).toEqual({ runs: [expect.objectContaining({ stream: 'polar.checkout_links' })] });
  expect(await rows(db, 'select missing_scopes from sync.accounts')).toEqual([{ missing_scopes: [] }]);

  const sessions = await call(['sync'], { ...settings, POLAR_STREAMS: 'polar.checkouts' });
  expect(sessions).toMatchObject({ code: 1, stdout: expect.stringContaining('lacks the scope checkouts:read (403)') });
  const [status, accounts] = [await call(['status'], settings), await call(['accounts'], settings)];
  expect(status.stdout).toMatch(/polar\.checkouts\n(.*\n)* {2}missing scope checkouts:read\n/);
  expect(accounts.stdout).toMatch(/missing scope[^]*polar\/default .* checkouts:read /);
  const json = JSON.parse((await call(['accounts', '--json'], settings)).stdout);
  expect(json.accounts).toMatchObject([{ source: 'polar', missingScopes: ['checkouts:read'] }]);

  const unknown = await call(['sync'], { ...settings, POLAR_STREAMS: 'checkout' });
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean polar.checkouts?') });
});

test('status shows no more of a stream that is left out than its scope, and rows where other streams brought some', async () => {
  const { settings, db } = await prepare();
  const every = { ...settings, POLAR_STREAMS: '' };
  expect(await call(['sync'], every)).toMatchObject({ code: 1 });
  expect(await rows(db, `select 'discounts:read' = any(missing_scopes) as known from sync.accounts`)).toEqual([
    { known: true },
  ]);
  const { stdout } = await call(['status'], every);
  expect(stdout).toContain(
    'polar.orders\n  missing scope orders:read: the stream is left out until the credential has it\n',
  );
  expect(stdout).toMatch(/polar\.products\n {2}rows .*\n {2}missing scope products:read/);
});
