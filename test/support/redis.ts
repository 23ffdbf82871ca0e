import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { RedisContainer } from '@testcontainers/redis';
import { Redis } from 'ioredis';
import { hasDocker } from './docker.ts';

/** A Redis that a test may restart: it comes up empty. */
export interface RedisServer {
  url: string;
  name: string;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The image the tests ask Docker for. */
const REDIS_IMAGE = process.env.TEST_REDIS_IMAGE ?? 'redis:8-alpine';

/** The first program of these names on the PATH. */
export function onPath(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || !address) throw new Error('no free port');
  return address.port;
}

async function untilAnswers(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  redis.on('error', () => undefined); // not up yet: it tries again
  await redis.ping();
  redis.disconnect();
}

async function onMachine(program: string, options: readonly string[]): Promise<RedisServer> {
  const [port, cwd] = [await freePort(), await mkdtemp(join(tmpdir(), 'checkout-sync-redis-'))];
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess;
  const start = async () => {
    server = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', ...options], {
      cwd,
      stdio: 'ignore',
    });
    await untilAnswers(url);
  };
  const kill = async () => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  const stop = () => kill().then(() => rm(cwd, { recursive: true }));
  await start();
  return { url, name: program, stop, restart: () => kill().then(start) };
}

async function inDocker(options: readonly string[]): Promise<RedisServer> {
  const port = await freePort();
  const container = await new RedisContainer(REDIS_IMAGE)
    .withCommand(['redis-server', '--save', '', ...options])
    .withExposedPorts({ container: 6379, host: port })
    .start();
  const url = `redis://${container.getHost()}:${port}`;
  const restart = async () => {
    await container.exec(['redis-cli', 'flushall']);
    await container.restart();
    await untilAnswers(url);
  };
  return { url, name: `${REDIS_IMAGE} in Docker`, restart, stop: async () => void (await container.stop()) };
}

/** Starts a Redis, with such options as redis-server takes, in Docker or from the PATH; undefined where there is neither. */
export async function startRedis(options: readonly string[] = []): Promise<RedisServer | undefined> {
  if (hasDocker()) return inDocker(options);
  const program = onPath('redis-server');
  return program === undefined ? undefined : onMachine(program, options);
}
