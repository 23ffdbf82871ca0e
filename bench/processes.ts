import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Encoding } from '../src/simulator/encoding.ts';

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** The command line of the product. */
const CLI = pathOf('../src/cli.ts');

/** The options of Node that the product runs with, as the first line of the command has them. */
const NODE_OPTIONS =
  / node (?<options>.*)/.exec(readFileSync(pathOf('../bin/checkout-sync.js'), 'utf8'))?.groups?.options?.split(' ') ??
  [];

type Environment = Record<string, string>;

/** A process without this one's settings; its errors go to our stderr. */
function start(file: string, args: readonly string[], env: Environment, cwd: string): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  const options = { env: { PATH, HOME, ...env }, cwd };
  return spawn(process.execPath, [...NODE_OPTIONS, file, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The first line of JSON that a process prints; engines may print lines of their own before. */
async function firstJson(child: ChildProcess): Promise<unknown> {
  if (child.stdout)
    for await (const line of createInterface(child.stdout)) if (line.startsWith('{')) return JSON.parse(line);
  throw new Error(`${child.spawnargs[1]} ended without its line of JSON`);
}

/** Runs a file in a process of its own and returns the line of JSON that it prints. */
export async function runJson<T>(file: string, args: readonly string[], env: Environment): Promise<T> {
  const child = start(pathOf(file), args, env, tmpdir());
  const ended = once(child, 'exit');
  const answer = (await firstJson(child)) as T;
  await ended;
  return answer;
}

/** A process that runs until it is stopped. */
export interface Running {
  child: ChildProcess;
  stop: () => Promise<void>;
}

/** Folder in which a command of the product runs, and its file; the checkout's by default. */
export interface Place {
  cwd?: string;
  file?: string;
}

/** Runs a command of the product until it is stopped; drops its output. */
export function startCommand(
  args: readonly string[],
  env: Environment,
  { cwd = tmpdir(), file = CLI }: Place = {},
): Running {
  const child = start(file, args, env, cwd);
  child.stdout?.resume();
  return { child, stop: () => stop(child) };
}

/** Starts the service on a database and a source; the admin server listens on the port. */
export const startWorker = (port: number, databaseUrl: string, source: Served, place: Place = {}): Running =>
  startCommand(
    ['worker'],
    {
      DATABASE_URL: databaseUrl,
      POLAR_API_URL: source.url,
      POLAR_ACCESS_TOKEN: source.token,
      PORT: String(port),
      LOG_LEVEL: 'error',
    },
    place,
  );

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** A source server in a process of its own. */
export interface Served {
  url: string;
  token: string;
  stop: () => Promise<void>;
}

/** The data and latency of a simulated Polar. */
export interface SourceOptions {
  sessions: number;
  links: number;
  latencyMs: number;
  /** True if the pages are rendered before the start, so that serving them costs next to nothing. */
  isPrepared: boolean;
  /** Encodings of bodies that it offers. */
  encodings: readonly Encoding[];
}

async function serve(file: string, options: object): Promise<Served> {
  // A million simulated sessions need more memory than Node takes by itself; engines are measured without this.
  const environment = { NODE_OPTIONS: '--max-old-space-size=12288' };
  const child = start(pathOf(file), [JSON.stringify(options)], environment, tmpdir());
  const started = (await firstJson(child)) as { url: string; token: string };
  return { ...started, stop: () => stop(child) };
}

/** Starts a simulated Polar; by default without links and latency, and with prepared pages. */
export const servePolar = (options: Pick<SourceOptions, 'sessions'> & Partial<SourceOptions>): Promise<Served> =>
  serve('source.ts', { links: 0, latencyMs: 0, isPrepared: true, encodings: [], ...options });

/** Starts a simulated Stripe for the other engines. */
export const serveStripe = (options: { sessions: number; latencyMs: number }): Promise<Served> =>
  serve('peers/source.ts', options);

const MOST_WAIT_MS = 120_000;
const STEP_MS = 10;

/** Polls a condition in small steps and returns the milliseconds since the start. Throws if the process ends first. */
export async function timeUntil({ child }: Running, started: number, isThere: () => Promise<boolean>): Promise<number> {
  while (!(await isThere().catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}`);
    if (performance.now() - started > MOST_WAIT_MS) throw new Error('nothing happens');
    await pause(STEP_MS);
  }
  return performance.now() - started;
}

/** Returns a free port. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
