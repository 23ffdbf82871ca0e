import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { freePort } from '../support/redis.ts';
import { until } from '../support/service.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The source, as another service in the network of the worker. */
const SIMULATOR = `
services:
  simulator:
    image: checkout-sync
    command: simulate --host 0.0.0.0 --port 4000 --links 3 --checkouts 120
    healthcheck: { disable: true }
`;

const secret = 'letters_and_0123456789';

/** Runs a command in a folder, and returns what it prints. */
const runIn = async (cwd: string, command: string) => {
  const [file = '', ...args] = command.split(' ');
  return (await promisify(execFile)(file, args, { cwd, maxBuffer: Infinity })).stdout.trim();
};

/** Returns Compose on both files of the checkout, in a folder of its own; stopped and removed after the test. */
async function openCompose() {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-compose-'));
  const program = await runIn(folder, 'docker compose version').then(
    () => 'docker compose',
    () => 'docker-compose',
  );
  for (const file of ['docker-compose.yml', 'compose.existing.yml']) await cp(join(root, file), join(folder, file));
  const settings = {
    POLAR_ACCESS_TOKEN: 'polar_oat_simulator',
    POLAR_API_URL: 'http://simulator:4000',
    ALLOW_INSECURE_HTTP: '1',
    ADMIN_TOKEN: secret,
    POSTGRES_PASSWORD: secret,
    WORKER_PORTS: await freePort(),
    DATABASE_URL: `postgres://checkout_sync:${secret}@postgres:5432/checkouts`, // for compose.existing.yml
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await Promise.all([
    writeFile(join(folder, '.env'), lines.join('')),
    writeFile(join(folder, 'simulator.yml'), SIMULATOR),
  ]);
  const compose = (command: string, file = 'docker-compose.yml') =>
    runIn(folder, `${program} --file ${file} --file simulator.yml ${command}`);
  onTestFinished(async () => {
    await compose('down --volumes --remove-orphans');
    await rm(folder, { recursive: true });
  });
  return compose;
}

test('the image is small and not for root, and both files of Compose run it', async ({ skip }) => {
  skip(!process.env.TEST_IMAGE, 'with TEST_IMAGE=1 this builds the image, by the Docker of this machine');
  await runIn(root, 'docker build --network host --tag checkout-sync .');
  const [image] = z
    .tuple([z.object({ Size: z.number(), Config: z.object({ User: z.string() }) })])
    .parse(JSON.parse(await runIn(root, 'docker image inspect checkout-sync')));
  expect(image.Size).toBeLessThan(250_000_000);
  expect(image.Config.User).toBe('1000:1000');
  const compose = await openCompose();
  await compose('up --detach');
  const worker = await compose('ps --quiet worker');
  const inspect = (field: string) => runIn(root, `docker inspect --format {{.${field}}} ${worker}`);
  await until('the worker is healthy', async () => (await inspect('State.Health.Status')) === 'healthy');
  expect(await inspect('HostConfig.ReadonlyRootfs')).toBe('true');
  const status = async () =>
    z
      .object({ streams: z.array(z.object({ rows: z.number().nullable() })) })
      .parse(JSON.parse(await compose('exec -T worker checkout-sync status --json polar.checkouts')));
  await until('the sessions are stored', async () => (await status()).streams[0]?.rows === 120);
  expect(await compose('exec -T worker checkout-sync doctor')).toContain('No problem found');
  await compose('stop worker');
  expect(await inspect('State.ExitCode')).toBe('0');
  expect(await compose('run --rm -T worker doctor', 'compose.existing.yml')).toContain('No problem found');
});
