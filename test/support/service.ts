import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { inject } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { WORKER } from '../../src/database/client.ts';
import { openDatabase, type Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/model/log.ts';
import type { Source } from '../../src/model/source.ts';
import { planWork } from '../../src/work-plan.ts';
import { startWorker, type Worker } from '../../src/worker.ts';
import { atEnd } from './shared.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
/** Backends of the queue that are available on this machine. */
export const backends = ['postgres', ...(inject('redisUrl') ? ['redis'] : [])] as const;

/** Settings of a queue of this test's own: an empty database of Redis, or the tables in Postgres. */
export async function queueSettings(backend: string): Promise<Record<string, string>> {
  if (backend === 'postgres') return {};
  const url = new URL(`/${process.env.VITEST_POOL_ID ?? 0}`, inject('redisUrl')).href;
  const redis = new Redis(url);
  await redis.flushdb();
  redis.disconnect();
  return { REDIS_URL: url };
}

/** Starts the service in this process, on a free port, and its walks; stopped at the end. Its sources may be altered. */
export async function startService(
  db: Database,
  settings: Record<string, string>,
  { alter = (source: Source) => source, log = createLogger('silent'), isWalking = true } = {},
): Promise<Worker> {
  const given = parseConfig({ DATABASE_URL: db.url, PORT: '0', ...settings });
  const config = { ...given, sources: given.sources.map(alter) };
  const own = await openDatabase(db.url, { name: WORKER });
  atEnd(() => own.close());
  const worker = await startWorker(planWork(config), own, log, new AbortController().signal);
  atEnd(() => worker.close());
  if (isWalking) await worker.walking;
  return worker;
}

/** A worker in a process of its own. */
export interface ServiceProcess {
  pid: number | undefined;
  /** Its address; rejects when it ends before it runs. */
  running: Promise<string>;
  /** Returns its log so far. */
  log: () => string;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string | null>;
  kill: (signal: NodeJS.Signals) => void;
}

/** Starts the command `worker` on a free port; of the checkout, unless another file is given. */
export function spawnWorker(settings: Record<string, string>, file = cli): ServiceProcess {
  const env = { PATH: process.env.PATH, PORT: '0', ...settings };
  const child = spawn(process.execPath, [file, 'worker'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<number | string | null>((done) => child.on('exit', (code, signal) => done(code ?? signal)));
  let log = '';
  const { promise: running, resolve, reject } = Promise.withResolvers<string>();
  running.catch(() => undefined); // whoever awaits it gets the error; a test may not
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    const url = /"url":"([^"]+)"/.exec(log)?.[1];
    if (url) resolve(url);
  });
  void ended.then((code) => reject(new Error(`the worker ended with ${code}: ${log}`)));
  return { pid: child.pid, running, log: () => log, ended, kill: (signal) => void child.kill(signal) };
}

/** Starts the command `worker` on a free port; killed at the end. */
export function spawnService(settings: Record<string, string>, file = cli): ServiceProcess {
  const service = spawnWorker(settings, file);
  atEnd(async () => {
    service.kill('SIGKILL');
    await service.ended;
  });
  return service;
}

/** Starts the command `worker` and waits until it runs. */
export async function startServiceProcess(settings: Record<string, string>): Promise<ServiceProcess & { url: string }> {
  const service = spawnService(settings);
  return { ...service, url: await service.running };
}

/** Time after which a wait counts as hanging; tests end later. */
const PATIENCE_MS = process.env.npm_lifecycle_event === 'test:faults' ? 600_000 : 180_000;

/** Waits until a condition holds, polling often; rejects with `what` if it does not come true. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  withinMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`this did not come true within ${withinMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
