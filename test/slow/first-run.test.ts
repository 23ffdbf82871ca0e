import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startPolar } from '../support/polar.ts';
import { run, start } from '../support/run.ts';
import { until } from '../support/service.ts';

/** A demo takes three seconds where nothing else runs. */
const SLOWEST_MS = 120_000;

const ADMIN_TOKEN = 'the-operator-alone-knows';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

test(
  'a demo stores everything and answers six questions, beside one that serves on PORT and keeps its own data',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-demo-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const port = String(await freePort());
    const serving = start(
      ['demo', '--serve', '--checkouts', '50', '--links', '5'],
      { PORT: port, ADMIN_TOKEN },
      directory,
    );
    onTestFinished(async () => {
      serving.kill('SIGTERM');
      await serving.ended;
    });
    const authorization = `Bearer ${ADMIN_TOKEN}`;
    const rows = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/status.json`, { headers: { authorization } });
      const { streams } = (await answer.json()) as { streams: { stream: string; rows: number }[] };
      return streams.find(({ stream }) => stream === 'polar.checkout_links')?.rows ?? 0;
    };
    await until(
      'it serves',
      () =>
        rows().then(
          (number) => number > 0,
          () => false,
        ),
      SLOWEST_MS,
    );
    const { code, stdout } = await run(['demo', '--checkouts', '350', '--links', '20'], {}, directory);
    expect(code).toBe(0);
    expect(await rows()).toBeGreaterThan(0);
    serving.kill('SIGTERM');
    expect((await serving.ended).code).toBe(0);
    expect(stdout).toMatch(/polar\.checkouts +350\n/);
    expect(stdout.match(/^ {2}select/gm)).toHaveLength(6);
    expect(stdout).toMatch(/polar\.orders +[1-9]\d*\n/);
    expect(stdout).toMatch(/fynn\.checkout_links +12\n/);
    expect(await readdir(join(directory, '.data'))).toEqual(['demo-report.html', 'postgres']);
    expect(await readdir(join(directory, '.data/postgres'))).not.toContain('postmaster.pid');
  },
  2 * SLOWEST_MS,
);

test('without DATABASE_URL the embedded Postgres is started, shared by a second process, kept and stopped', async () => {
  const polar = await startPolar({ links: 12, checkouts: 300, latencyMs: 50 });
  const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-embedded-'));
  // Settings of libpq speak of another server; pg would obey them for any.
  const another = { PGSSLMODE: 'require', PGHOST: 'nowhere.invalid', PGPORT: '1', PGOPTIONS: '-c statement_timeout=1' };
  const settings = { POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...another };
  const both = await Promise.all(
    ['polar.checkouts', 'polar.checkout_links'].map((stream) => run(['sync', stream, '--json'], settings, directory)),
  );
  expect(both.map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(['', '']);
  const { stdout } = await run(['status', '--json'], {}, directory);
  expect(JSON.parse(stdout).streams.map(({ rows }: { rows: number }) => rows)).toEqual([12, 300]);
  const { code, stdout: checks } = await run(['doctor'], settings, directory);
  expect([code, checks]).toEqual([0, expect.stringMatching(/the embedded Postgres in \.data\/postgres responds/)]);
  await expect(rm(join(directory, '.data/postgres/postmaster.pid'))).rejects.toThrow('ENOENT');
  await rm(directory, { recursive: true });
});
