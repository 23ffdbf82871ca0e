import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshDatabase, freshDatabaseUrl } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { value } from '../support/records.ts';
import manifest from '../../package.json' with { type: 'json' };
import { call, run } from '../support/run.ts';
import { CORE_STREAMS } from '../support/source.ts';

test('--help of every command explains it and ends with 0', async () => {
  const commands = ['migrate', 'sync', 'pull', 'verify', 'status', 'doctor', 'demo', 'simulate'];
  const helps = await Promise.all(
    [[], ...commands.map((command) => [command])].map((command) => call([...command, '--help'])),
  );
  for (const { code, stdout } of helps) {
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: checkout-sync');
  }
  for (const command of commands) expect(helps[0]?.stdout).toContain(command);
});

test('--version prints the version of the package', async () => {
  expect(await call(['--version'])).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
});

test.each([
  [['sink'], {}, /unknown command 'sink'.*Did you mean sync\?/s],
  [['sync', '--mode', 'half'], {}, /'half' is invalid.*incremental, full/],
  [['sync'], { DATABASE_URL: 'postgres://localhost/x' }, /no source is turned on: set POLAR_ACCESS_TOKEN/],
  [
    ['sync', 'polar.checkout'],
    { DATABASE_URL: 'postgres://localhost/x', POLAR_ACCESS_TOKEN: 'polar_oat_x' },
    /did you mean polar\.checkouts\?/,
  ],
  [
    ['pull', 'polar.checkouts', 'x1'],
    { DATABASE_URL: 'postgres://localhost/x', POLAR_ACCESS_TOKEN: 'polar_oat_x' },
    /x1 is not an id of polar\.checkouts/,
  ],
  [['accounts', 'remove'], {}, /^checkout-sync: CS1103: missing required argument 'account'\n$/],
  [['simulate', '--port', '65536'], {}, /'65536' is invalid.*from 1 to 65535/],
  [['demo', '--checkouts', '9'.repeat(400)], {}, /is invalid.*from 0 to 1000000/],
  [['status'], { DATABASE_URL: 'mysql://localhost' }, /DATABASE_URL must be a URL such as postgres:/],
  [
    ['sync'],
    { POLAR_ACCES_TOKEN: 'x', LOG_LEVEL: 'loud' },
    /LOG_LEVEL must be.*\n.*POLAR_ACCES_TOKEN is not a setting: did you mean POLAR_ACCESS_TOKEN\?/,
  ],
] as const)('%j with %j ends with 2 and says what it should be', async (args, settings, says) => {
  const { code, stdout, stderr } = await call(args, settings);
  expect(stderr).toMatch(says);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('sync ends with 1 when a record was rejected, and says where the reason is', async () => {
  const polar = await startPolar({ links: 3, checkouts: 0 });
  const [link] = polar.polar.links.values();
  polar.polar.tamper(link?.id ?? '', () => ({ label: 'no id' }));
  const settings = {
    DATABASE_URL: await freshDatabaseUrl(),
    POLAR_ACCESS_TOKEN: polar.token,
    POLAR_API_URL: polar.url,
    LOG_LEVEL: 'silent',
  };
  const { code, stdout } = await call(['sync', 'polar.checkout_links'], settings);
  expect(code).toBe(1);
  expect(stdout).toContain('polar.checkout_links: 1 rejected, the reasons are in sync.rejected_records');
});

test('an unreachable database ends with 1 and one line', async () => {
  const { code, stderr } = await call(['migrate'], { DATABASE_URL: 'postgres://127.0.0.1:1/none' });
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain('127.0.0.1:1');
});

test('sync, status and pull on an empty database: JSON on stdout, logs on stderr, secrets nowhere', async () => {
  const polar = await startPolar({ links: 25, checkouts: 120 });
  const url = await freshDatabaseUrl('template1');
  const settings = { DATABASE_URL: url, POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, LOG_LEVEL: 'trace' };
  const synced = await run(['sync', '--json'], settings);
  expect(synced.code).toBe(0);
  const { runs } = JSON.parse(synced.stdout);
  const isSeeded = ({ stream }: { stream: string }) => /^polar\.checkout(s|_links)$/.test(stream);
  expect(runs.filter(isSeeded)).toEqual([
    {
      stream: 'polar.checkout_links',
      mode: 'full',
      outcome: 'complete',
      requests: 1,
      pages: 1,
      records: 25,
      inserted: 25,
      updated: 0,
      unchanged: 0,
      tombstoned: 0,
      rejected: 0,
      account: 'default',
      durationMs: expect.any(Number),
    },
    {
      stream: 'polar.checkouts',
      mode: 'full',
      outcome: 'complete',
      requests: 2,
      pages: 2,
      records: 120,
      inserted: 120,
      updated: 0,
      unchanged: 0,
      tombstoned: 0,
      rejected: 0,
      account: 'default',
      durationMs: expect.any(Number),
    },
  ]);
  expect(synced.stderr).toContain('"level":10');
  for (const secret of [
    polar.token,
    ...[...polar.polar.links.values()].map((link) => link.client_secret),
    ...[...polar.polar.checkouts.values()].map((session) => session.client_secret),
  ])
    expect(synced.stderr + synced.stdout).not.toContain(secret);

  const status = await call(['status', '--json'], { DATABASE_URL: url });
  expect(JSON.parse(status.stdout).streams.filter(isSeeded)).toMatchObject([
    {
      stream: 'polar.checkout_links',
      rows: 25,
      walk: null,
      lastError: null,
      lastComplete: { mode: 'full', records: 25 },
    },
    { stream: 'polar.checkouts', rows: 120, walk: null, lastError: null, lastComplete: { mode: 'full', records: 120 } },
  ]);

  const [id = ''] = polar.polar.links.keys();
  polar.polar.updateLink(id, { label: 'Pulled' });
  const pulled = await call(['pull', 'polar.checkout_links', id, '--json'], settings);
  expect(pulled.code).toBe(0);
  expect(JSON.parse(pulled.stdout)).toEqual({ pulled: [{ account: 'default', id, outcome: 'updated' }] });
  polar.polar.deleteLink(id);
  const gone = await call(['pull', 'polar.checkout_links', id], settings);
  expect(gone).toMatchObject({ code: 1, stdout: `${id}  not found\n` });
});

test('sync ends with 1 when a run fails, says why, and keeps what it stored', async () => {
  const polar = await startPolar({ links: 5, checkouts: 5, scopes: ['checkout_links:read'] });
  const db = await freshDatabase();
  const settings = { DATABASE_URL: db.url, POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...CORE_STREAMS };
  const { code, stdout } = await call(['sync'], settings);
  expect(code).toBe(1);
  expect(stdout).toContain('polar.checkouts: CS4202: the access token lacks the scope checkouts:read (403)');
  expect(await value(db, 'select count(*)::int from polar.checkout_links')).toBe(5);
  const status = await call(['status'], { DATABASE_URL: db.url });
  expect(status.stdout).toMatch(/last error .*: CS4202: .*lacks the scope checkouts:read/);
});

test('two runs of one stream at the same time: one walks it, the other says who does', async () => {
  const polar = await startPolar({ links: 0, checkouts: 700, latencyMs: 100 });
  const db = await freshDatabase();
  const settings = { DATABASE_URL: db.url, POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url };
  const both = await Promise.all([
    run(['sync', 'polar.checkouts', '--json'], settings),
    run(['sync', 'polar.checkouts', '--json'], settings),
  ]);
  expect(both.map(({ code }) => Number(code)).toSorted((a, b) => a - b)).toEqual([0, 1]);
  expect(both.map(({ stdout }) => stdout).join('')).toMatch(/is being walked by another process/);
  expect(await value(db, 'select count(*)::int from polar.checkouts')).toBe(700);
});

test('Ctrl-C stops after the page in hand with 1, and the next run continues', async () => {
  const polar = await startPolar({ links: 0, checkouts: 950 });
  const db = await freshDatabase();
  const settings = { DATABASE_URL: db.url, POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url };
  let requests = 0;
  const started = { pid: 0 };
  polar.intercept(async () => {
    if ((requests += 1) !== 6) return;
    const pids = await db.pool.query(`select holder from sync.walk_leases`);
    started.pid = Number(/process (\d+)/.exec(String(pids.rows[0]?.holder))?.[1]);
    process.kill(started.pid, 'SIGINT');
  });
  const stopped = await run(['sync', 'polar.checkouts', '--json'], settings);
  expect(stopped.code).toBe(1);
  expect(JSON.parse(stopped.stdout).runs[0]).toMatchObject({
    outcome: 'failed',
    error: expect.stringContaining('interrupted'),
    errorCode: 'CS5103',
  });
  expect(await value(db, `select concat_ws(' ', outcome, error_code, error) from sync.runs`)).toMatch(
    /^failed CS5103 interrupted: /,
  );
  polar.intercept(null);
  const resumed = await call(['sync', 'polar.checkouts', '--json'], settings);
  expect(JSON.parse(resumed.stdout).runs[0]).toMatchObject({ outcome: 'complete' });
  expect(await value(db, 'select count(*)::int from polar.checkouts')).toBe(950);
});

test('settings are read from .env, and the environment goes before it', async () => {
  const polar = await startPolar({ links: 3, checkouts: 3 });
  const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-env-'));
  await writeFile(
    join(directory, '.env'),
    `DATABASE_URL=${await freshDatabaseUrl()}\nPOLAR_ACCESS_TOKEN=wrong\nPOLAR_API_URL=${polar.url}/v1/\nPOLAR_STREAMS=${CORE_STREAMS.POLAR_STREAMS}\n`,
  );
  expect((await run(['sync'], {}, directory)).stdout).toContain('does not accept the access token');
  expect((await run(['sync'], { POLAR_ACCESS_TOKEN: polar.token }, directory)).code).toBe(0);
  await rm(directory, { recursive: true });
});
