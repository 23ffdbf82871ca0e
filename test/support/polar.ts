import { onTestFinished } from 'vitest';
import { setTimeout as pause } from 'node:timers/promises';
import type { Budget } from '../../src/extract/budget.ts';
import { createHttp, RETRY_POLICY, type RetryPolicy } from '../../src/extract/http.ts';
import type { Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/model/log.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import type { Mode, Stream } from '../../src/model/stream.ts';
import type { SyncContext } from '../../src/sync/context.ts';
import { pull, type Pulled } from '../../src/sync/pull.ts';
import { sync, type Run } from '../../src/sync/sync.ts';
import { verify, type Mismatch } from '../../src/sync/verify.ts';
import { sourceOf } from './source.ts';

/** A simulated Polar without a rate limit unless one is given; closed after the test. */
export async function startPolar(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ requestsPerMinute: null, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** A budget of one process without a limit: only a 429 holds requests up. */
export function unlimited(): Budget {
  let until = 0;
  return {
    async take(signal) {
      while (performance.now() < until) await pause(until - performance.now(), undefined, { signal });
    },
    async pause(ms) {
      until = Math.max(until, performance.now() + ms);
    },
  };
}

/** Short pauses, so that tests of failures do not last. */
const impatience: RetryPolicy = { ...RETRY_POLICY, minDelayMs: 1, maxDelayMs: 5 };

type PolarStream = 'polar.checkout_links' | 'polar.checkouts';

/** A synchronisation of a simulated Polar into a database. */
export interface Syncing {
  context: SyncContext;
  sync: (stream: PolarStream, mode?: Mode, signal?: AbortSignal) => Promise<Run>;
  pull: (stream: PolarStream, ...ids: string[]) => Promise<Pulled[]>;
  verify: (stream: PolarStream, sample?: number) => ReturnType<typeof verifying>;
}

/** Connects the engine to a simulator and a database. `settings` are environment variables; `pageSize` replaces Polar's 100. */
export function syncing(
  simulator: Pick<Simulator, 'url' | 'token'>,
  db: Database,
  {
    settings = {},
    pageSize,
    timeoutMs = RETRY_POLICY.timeoutMs,
    mostBytes = RETRY_POLICY.mostBytes,
    ...options
  }: {
    settings?: Record<string, string>;
    pageSize?: number;
    timeoutMs?: number;
    mostBytes?: number;
  } & Partial<SyncContext> = {},
): Syncing {
  const source = sourceOf({ POLAR_ACCESS_TOKEN: simulator.token, POLAR_API_URL: simulator.url, ...settings });
  const log = createLogger('silent');
  const http = createHttp(source, unlimited(), log, { policy: { ...impatience, timeoutMs, mostBytes } });
  onTestFinished(() => http.close());
  const context: SyncContext = { db, source, http, log, ...options };
  const find = (name: PolarStream) => {
    const stream = source.streams.find((candidate) => candidate.name === name);
    if (!stream) throw new Error(`no stream ${name}`);
    return pageSize === undefined ? stream : { ...stream, pageSize };
  };
  return {
    context,
    sync: (name, mode = 'full', signal = new AbortController().signal) => sync(context, find(name), mode, signal),
    pull: (name, ...ids) => pull(context, find(name), ids, new AbortController().signal),
    verify: (name, sample) => verifying(context, find(name), sample),
  };
}

/** Verifies a stream, and gathers what differs. */
export async function verifying(context: SyncContext, stream: Stream, sample?: number) {
  const differences: Mismatch[] = [];
  const onDifference = (discovery: Mismatch) => void differences.push(discovery);
  const wanted = { onDifference, pausesMs: [0, 20], ...(sample !== undefined && { sample }) };
  return { error: undefined, ...(await verify(context, stream, wanted, new AbortController().signal)), differences };
}
