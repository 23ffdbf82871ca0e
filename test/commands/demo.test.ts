import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../support/service.ts';
import { run, start } from '../support/run.ts';

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

test('a demo that serves takes HOST as the worker does: not without ADMIN_TOKEN where other machines reach it', async () => {
  for (const [settings, says] of [
    [{ HOST: '0.0.0.0' }, /ADMIN_TOKEN must be set when HOST is 0\.0\.0\.0/],
    [{ PORT: 'http' }, /PORT must be a port from 1 to 65535/],
  ] as const) {
    const { code, stdout, stderr } = await run(['demo', '--serve'], settings);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(says)]);
  }
});
