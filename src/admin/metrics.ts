import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CommitResult } from '../load/commit.ts';
import { countDrift } from '../normalize/drift.ts';
import type { Outcome } from '../load/webhooks.ts';
import type { Run } from '../sync/sync.ts';
import type { AccountRef } from '../model/source.ts';
import type { StreamRef } from '../model/stream.ts';

const PREFIX = 'checkout_sync_';

/** A value with its labels. */
export interface Reading {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** Values that are read when Prometheus scrapes. */
export interface Gauges {
  /** Age of the stored data, in seconds, by stream of an account. */
  freshness: () => Promise<readonly Reading[]>;
  /** Used share of the budget's current slice, by account of a source. */
  budgetUsed: () => Promise<readonly Reading[]>;
  /** Jobs by state. */
  queueDepth: () => Promise<Readonly<Record<string, number>>>;
}

/** Metrics for Prometheus, updated as events occur. */
export interface Metrics {
  onAnswer: (account: AccountRef, status: number | undefined) => void;
  onCommitted: (ref: StreamRef, committed: CommitResult) => void;
  onRun: (run: Run) => void;
  onWebhook: (account: AccountRef, outcome: Outcome | 'refused' | 'failed') => void;
  /** Observes the seconds from the receipt of a webhook to its committed row. */
  onWebhookStored: (account: AccountRef, seconds: number) => void;
  /** Reads `gauges` at each scrape from now on. */
  watch: (gauges: Gauges) => void;
  /** Returns the metrics as text for Prometheus. */
  text: () => Promise<string>;
  contentType: string;
}

/** Creates metrics with counters of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: PREFIX + name, help, labelNames, registers: [registry] });
  const responses = 'Requests sent to the source, by status; none is no response';
  const requests = counter('requests_total', responses, ['source', 'account', 'status']);
  const rows = counter('rows_total', 'Rows written, nested ones included', ['account', 'stream', 'table', 'effect']);
  const rejected = counter('rejected_records_total', 'Records that cannot be a row', ['account', 'stream']);
  const fields = new Map<string, number>();
  const drift = counter('drift_total', 'Values that have no column or do not fit theirs', ['field']);
  const runs = counter('runs_total', 'Runs that ended', ['account', 'stream', 'mode', 'outcome']);
  const webhooks = counter('webhooks_total', 'Webhooks received', ['source', 'account', 'outcome']);
  const lag = new Histogram({
    name: `${PREFIX}webhook_lag_seconds`,
    help: 'From the receipt of a webhook to its committed row',
    labelNames: ['source', 'account'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const duration = new Histogram({
    name: `${PREFIX}run_seconds`,
    help: 'How long runs took',
    labelNames: ['account', 'stream', 'mode'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200, 43_200],
    registers: [registry],
  });
  collectDefaultMetrics({ register: registry });
  return {
    onAnswer: (account, status) => requests.inc({ ...account, status: status ?? 'none' }),
    onCommitted({ account, stream }, committed) {
      for (const [table, effect] of committed.tables) {
        rows.inc({ account, stream, table, effect: 'inserted' }, effect.inserted);
        rows.inc({ account, stream, table, effect: 'updated' }, effect.updated);
      }
      for (const [of, count] of committed.rejections) rejected.inc({ account, stream: of }, count);
      for (const [field, times] of committed.drift) drift.inc({ field: countDrift(fields, field, times) }, times);
    },
    onRun({ account, stream, mode, outcome, durationMs }) {
      runs.inc({ account, stream, mode, outcome });
      duration.observe({ account, stream, mode }, durationMs / 1000);
    },
    onWebhook: (account, outcome) => webhooks.inc({ ...account, outcome }),
    onWebhookStored: (account, seconds) => lag.observe({ ...account }, seconds),
    watch: (gauges) => watch(registry, gauges),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Registers gauges that are read at each scrape. A gauge that cannot be read has no value. */
function watch(registry: Registry, { freshness, budgetUsed, queueDepth }: Gauges): void {
  const gauge = (name: string, help: string, labelNames: string[], read: () => Promise<readonly Reading[]>) =>
    new Gauge({
      name: PREFIX + name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        const values = await read().catch(() => []); // /readyz reports the failure; other metrics must not fail with it
        for (const { labels, value } of values) this.set({ ...labels }, value);
      },
    });
  gauge('freshness_seconds', 'Age of what the last complete walk saw', ['account', 'stream'], freshness);
  const budget = 'Share of the present slice of the request budget that is used';
  gauge('budget_used_ratio', budget, ['source', 'account'], budgetUsed);
  gauge('queue_jobs', 'Jobs in the queue', ['state'], async () =>
    Object.entries(await queueDepth()).map(([state, value]) => ({ labels: { state }, value })),
  );
}
