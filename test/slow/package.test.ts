import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { freshDatabaseUrl, connectClient } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
const run = (file: string, args: string[], cwd: string, settings: NodeJS.ProcessEnv) =>
  promisify(execFile)(file, args, { cwd, env: { ...settings, PATH: path } });

let folder: string;
/** The package, installed in an empty folder from the tarball that would be published. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkout-sync-package-'));
  await run('npm', ['pack', '--pack-destination', folder], root, process.env);
  const [tarball = ''] = await readdir(folder);
  await run(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', join(folder, tarball)],
    folder,
    process.env,
  );
  return () => rm(folder, { recursive: true, force: true });
});

const call = (args: string[], settings: Record<string, string> = {}) =>
  run(join(folder, 'node_modules/.bin/checkout-sync'), args, folder, settings);

test('from the package the demo ends well, in an empty folder', async () => {
  const { stdout } = await call(['demo']);
  expect(stdout).toContain('Done in ');
});

test('from the package a source is synced, and its code is compiled', async () => {
  const { url, token } = await startPolar({ links: 3, checkouts: 12 });
  const databaseUrl = await freshDatabaseUrl();
  const settings = { DATABASE_URL: databaseUrl, POLAR_ACCESS_TOKEN: token, POLAR_API_URL: url };
  await call(['sync', 'polar.checkouts'], settings);
  expect((await call(['doctor'], settings)).stdout).toContain('\nNo problem found');
  const client = await connectClient(databaseUrl);
  const { rows } = await client.query<{ count: number }>('select count(*)::int from polar.checkouts');
  expect(rows[0]?.count).toBe(12);
  const files = await readdir(join(folder, 'node_modules/checkout-sync'));
  expect(files).not.toContain('src');
});
