import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../../src/database/database.ts';
import type { Budget } from '../../src/extract/budget.ts';
import { createHttp, RETRY_POLICY, type RetryPolicy } from '../../src/extract/http.ts';
import { createLogger } from '../../src/model/log.ts';
import type { Source } from '../../src/model/source.ts';
import type { Mode, Stream } from '../../src/model/stream.ts';
import type { SyncContext } from '../../src/sync/context.ts';
import { pull, type Pulled } from '../../src/sync/pull.ts';
import { sync, type Run } from '../../src/sync/sync.ts';
import type { Mismatch } from '../../src/sync/verification.ts';
import { verify } from '../../src/sync/verify.ts';
import { withPageSize } from './page-size.ts';
import { atEnd } from './shared.ts';

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

/** Deviations of an engine from production; `pageSize` replaces the stream's own. */
export type EngineOptions = Partial<SyncContext> & { pageSize?: number; timeoutMs?: number; mostBytes?: number };

/** One source connected to one database, for a test; its streams are called by their names. */
export interface Engine<Name extends string = string> {
  context: SyncContext;
  sync: (stream: Name, mode?: Mode, signal?: AbortSignal) => Promise<Run>;
  pull: (stream: Name, ...ids: string[]) => Promise<Pulled[]>;
  verify: (stream: Name, sample?: number) => ReturnType<typeof verifying>;
}

/** Connects a source to a database; its connections to the source are closed at the end. */
export function engineOf(
  source: Source,
  db: Database,
  { pageSize, timeoutMs = RETRY_POLICY.timeoutMs, mostBytes = RETRY_POLICY.mostBytes, ...options }: EngineOptions = {},
): Engine {
  const log = createLogger('silent');
  const http = createHttp(source, unlimited(), log, { policy: { ...impatience, timeoutMs, mostBytes } });
  atEnd(() => http.close());
  const context: SyncContext = { db, source, http, log, ...options };
  const find = (name: string): Stream => {
    const stream = [...source.streams, ...source.lookupOnly].find((candidate) => candidate.name === name);
    if (!stream) throw new Error(`no stream ${name}`);
    return pageSize === undefined ? stream : withPageSize(stream, pageSize);
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
