import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CommitResult } from '../load/commit.ts';
import { countDrift } from '../normalize/drift.ts';
import type { Outcome } from '../load/webhooks.ts';
import type { Run } from '../sync/sync.ts';

const PREFIX = 'checkout_sync_';

/** Values that are read when Prometheus scrapes. */
export interface Gauges {
  /** Age of what is stored, in seconds, by stream. */
  freshness: () => Promise<ReadonlyMap<string, number>>;
  /** Used share of the current slice of the budget, by source. */
  budgetUsed: () => Promise<ReadonlyMap<string, number>>;
  /** Jobs by state. */
  queueDepth: () => Promise<Readonly<Record<string, number>>>;
}

/** Counts what happens, for Prometheus. */
export interface Metrics {
  onAnswer: (source: string, status: number | undefined) => void;
  onCommitted: (stream: string, committed: CommitResult) => void;
  onRun: (run: Run) => void;
  onWebhook: (source: string, outcome: Outcome | 'refused' | 'failed') => void;
  /** Observes the seconds from the receipt of a webhook to its committed row. */
  onWebhookStored: (source: string, seconds: number) => void;
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
  const requests = counter('requests_total', 'Requests sent to the source, by status; none is no response', [
    'source',
    'status',
  ]);
  const rows = counter('rows_total', 'Rows written, nested ones included', ['stream', 'table', 'effect']);
  const rejected = counter('rejected_records_total', 'Records that cannot be a row', ['stream']);
  const fields = new Map<string, number>();
  const drift = counter('drift_total', 'Values that have no column or do not fit theirs', ['field']);
  const runs = counter('runs_total', 'Runs that ended', ['stream', 'mode', 'outcome']);
  const webhooks = counter('webhooks_total', 'Webhooks received', ['source', 'outcome']);
  const lag = new Histogram({
    name: `${PREFIX}webhook_lag_seconds`,
    help: 'From the receipt of a webhook to its committed row',
    labelNames: ['source'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const duration = new Histogram({
    name: `${PREFIX}run_seconds`,
    help: 'How long runs took',
    labelNames: ['stream', 'mode'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200, 43_200],
    registers: [registry],
  });
  collectDefaultMetrics({ register: registry });
  return {
    onAnswer: (source, status) => requests.inc({ source, status: status ?? 'none' }),
    onCommitted(stream, committed) {
      for (const [table, effect] of committed.tables) {
        rows.inc({ stream, table, effect: 'inserted' }, effect.inserted);
        rows.inc({ stream, table, effect: 'updated' }, effect.updated);
      }
      for (const [of, count] of committed.rejections) rejected.inc({ stream: of }, count);
      for (const [field, times] of committed.drift) drift.inc({ field: countDrift(fields, field, times) }, times);
    },
    onRun({ stream, mode, outcome, durationMs }) {
      runs.inc({ stream, mode, outcome });
      duration.observe({ stream, mode }, durationMs / 1000);
    },
    onWebhook: (source, outcome) => webhooks.inc({ source, outcome }),
    onWebhookStored: (source, seconds) => lag.observe({ source }, seconds),
    watch: (gauges) => watch(registry, gauges),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Registers gauges that are read at each scrape. A gauge that cannot be read has no value. */
function watch(registry: Registry, { freshness, budgetUsed, queueDepth }: Gauges): void {
  const gauge = (name: string, help: string, label: string, read: () => Promise<Iterable<readonly [string, number]>>) =>
    new Gauge({
      name: PREFIX + name,
      help,
      labelNames: [label],
      registers: [registry],
      async collect() {
        this.reset();
        const values = await read().catch(() => []); // /readyz reports the failure; other metrics must not fail with it
        for (const [key, value] of values) this.set({ [label]: key }, value);
      },
    });
  gauge('freshness_seconds', 'Age of what the last complete walk saw', 'stream', freshness);
  gauge('budget_used_ratio', 'Share of the present slice of the request budget that is used', 'source', budgetUsed);
  gauge('queue_jobs', 'Jobs in the queue', 'state', async () => Object.entries(await queueDepth()));
}
