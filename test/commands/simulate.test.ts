import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { describeSimulator } from '../../src/commands/simulate.ts';
import { present, simulate } from '../support/ask.ts';
import { call } from '../support/run.ts';
import { refuse, webhookEndpoint } from '../support/webhook-endpoint.ts';

const POLARS = { secret: 'whsec_AAECAwQFBgcICQoLDA0ODw==', key: Buffer.from([...Array(16).keys()]) };

test('simulate delivers webhooks while it runs, says so, and ends on a signal', async () => {
  const { url, got } = await webhookEndpoint(refuse);
  const reserved = createServer().listen(0, '127.0.0.1');
  await once(reserved, 'listening');
  const { port } = reserved.address() as AddressInfo;
  await once(reserved.close(), 'close');
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
  const args = ['simulate', '--port', port, '--links', 5, '--checkouts', 5, '--live', 50].map(String);
  const child = spawn(process.execPath, [cli, ...args, '--webhooks', url, '--webhook-secret', POLARS.secret]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = text(child.stdout);
  await expect.poll(() => got.length, { timeout: 120_000 }).toBeGreaterThan(0);
  const { body, headers } = present(got[0]);
  new Webhook(POLARS.key, { format: 'raw' }).verify(body, headers);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await printed).toContain(url);
});

test.each([
  [['--webhooks', 'http://127.0.0.1:1/'], "options '--webhooks <url>' and '--webhook-secret <secret>' need each other"],
  [['--webhook-secret', 'x'], "options '--webhooks <url>' and '--webhook-secret <secret>' need each other"],
  [['--webhooks', 'http://127.0.0.1:1/', '--webhook-secret', ''], 'need each other'],
  [['--webhooks', 'nowhere', '--webhook-secret', 'x'], 'It must be a URL'],
  [['--webhooks', 'ftp://127.0.0.1/', '--webhook-secret', 'x'], 'It must be a URL'],
])('simulate %j is wrong usage', async (args, problem) => {
  const { code, stderr } = await call(['simulate', ...args]);
  expect(stderr).toContain(problem);
  expect(code).toBe(2);
});

test('the help of simulate names both options, and webhooks are told of only when on', async () => {
  const { stdout } = await call(['simulate', '--help']);
  expect(stdout).toMatch(/--webhooks <url> .*--webhook-secret <secret>/s);
  const simulator = await simulate();
  const quiet = { port: 1, host: '', links: 1, checkouts: 1, seed: 1, token: '', limit: 0, latency: 0, live: 0 };
  expect(describeSimulator({ polar: simulator, fynn: undefined }, quiet)).toHaveLength(2);
});
