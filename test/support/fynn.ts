import { onTestFinished } from 'vitest';
import { createHttp, RETRY_POLICY, type RetryPolicy } from '../../src/extract/http.ts';
import type { SyncContext } from '../../src/sync/context.ts';
import type { Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/model/log.ts';
import { pull, type Pulled } from '../../src/sync/pull.ts';
import {
  startFynnSimulator,
  type FynnSimulator,
  type FynnSimulatorOptions,
} from '../../src/simulator/fynn-simulator.ts';
import type { Stream } from '../../src/model/stream.ts';
import { sync, type Run } from '../../src/sync/sync.ts';
import { unlimited, verifying } from './polar.ts';
import { sourceOf } from './source.ts';

/** A simulated Fynn; closed after the test. */
export async function startFynn(options: FynnSimulatorOptions = {}): Promise<FynnSimulator> {
  const simulator = await startFynnSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

type FynnStream = 'fynn.checkout_links' | 'fynn.price_plans';
type FynnResource = FynnStream | 'fynn.checkout_link_items';

/** A synchronisation of a simulated Fynn into a database. */
export interface FynnSyncing {
  context: SyncContext;
  sync: (stream: FynnStream, signal?: AbortSignal) => Promise<Run>;
  /** Walks both streams, links first. */
  syncAll: () => Promise<Run[]>;
  pull: (resource: FynnResource, ...ids: string[]) => Promise<Pulled[]>;
  verify: (stream: FynnStream) => ReturnType<typeof verifying>;
}

/** Short pauses, so that tests of failures do not last. */
const impatience: RetryPolicy = { ...RETRY_POLICY, minDelayMs: 1, maxDelayMs: 5 };

/** Connects the engine to a simulator and a database. `settings` are environment variables; `pageSize` replaces Fynn's 100. */
export function syncingFynn(
  simulator: Pick<FynnSimulator, 'url' | 'apiKey'>,
  db: Database,
  {
    settings = {},
    pageSize,
    timeoutMs = RETRY_POLICY.timeoutMs,
    ...options
  }: { settings?: Record<string, string>; pageSize?: number; timeoutMs?: number } & Partial<SyncContext> = {},
): FynnSyncing {
  const source = sourceOf({ FYNN_API_KEY: simulator.apiKey, FYNN_API_URL: simulator.url, ...settings });
  const log = createLogger('silent');
  const http = createHttp(source, unlimited(), log, { policy: { ...impatience, timeoutMs } });
  onTestFinished(() => http.close());
  const context: SyncContext = { db, source, http, log, ...options };
  const find = (name: string): Stream => {
    const stream = [...source.streams, ...source.lookupOnly].find((candidate) => candidate.name === name);
    if (!stream) throw new Error(`no stream ${name}`);
    return pageSize === undefined ? stream : withPageSize(stream, pageSize);
  };
  const syncOne: FynnSyncing['sync'] = (name, signal = new AbortController().signal) =>
    sync(context, find(name), 'full', signal);
  return {
    context,
    sync: syncOne,
    syncAll: async () => [await syncOne('fynn.checkout_links'), await syncOne('fynn.price_plans')],
    pull: (name, ...ids) => pull(context, find(name), ids, new AbortController().signal),
    verify: (name) => verifying(context, find(name)),
  };
}

/** The stream with pages of another size, and so the one that it finds its ids in. */
function withPageSize(stream: Stream, pageSize: number): Stream {
  const { discovery } = stream;
  if (discovery.by !== 'id') return { ...stream, pageSize };
  return { ...stream, pageSize, discovery: { ...discovery, in: { ...discovery.in, pageSize } } };
}
