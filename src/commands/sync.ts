import type { Config } from '../config/config.ts';
import { FatalError } from '../model/errors.ts';
import { migrate } from '../database/migrate.ts';
import type { Mode } from '../model/stream.ts';
import { sync, type Run } from '../sync/sync.ts';
import type { SyncContext } from '../sync/context.ts';
import { chooseStreams, withContext, withEngine, type Chosen, type Context } from './context.ts';
import { createProgressBars } from './progress.ts';
import { count, duration, table } from './text.ts';

/** Options of the command `sync`. */
export interface SyncOptions {
  mode: Mode;
  confirmDeletions?: boolean;
  json?: boolean;
}

/** How streams are run. */
interface RunOptions extends SyncOptions {
  showBars: boolean;
}

/** After a command the tables equal the source: a walk begun before this is done again when its rest is read. */
const OLDEST_WALK_MS = 15 * 60_000;

/** Runs the streams one after the other, after migrating; with bars when asked for. Answers every run, failed ones included. */
export async function runStreams(
  context: Context,
  chosen: readonly Chosen[],
  { mode, showBars, confirmDeletions: confirmsDeletions = false }: RunOptions,
  signal: AbortSignal,
): Promise<Run[]> {
  const bars = showBars ? createProgressBars() : undefined;
  const runs: Run[] = [];
  try {
    for (const { source, stream } of chosen) {
      const run = (context: SyncContext) =>
        sync(
          { ...context, confirmsDeletions, oldestWalkMs: OLDEST_WALK_MS, ...(bars && { onProgress: bars.show }) },
          stream,
          mode,
          signal,
        );
      const { next: _next, ...outcome } = await withEngine(context, source, run);
      runs.push(outcome);
    }
  } finally {
    bars?.close();
  }
  return runs;
}

/** The command `sync`: one run of each stream. */
export function syncCommand(names: readonly string[], options: SyncOptions, signal: AbortSignal): Promise<Run[]> {
  const check = (config: Config) => chooseStreams(config, names);
  const run = async (context: Context, chosen: readonly Chosen[]) => {
    await migrate(context.db);
    const showBars = process.stderr.isTTY && !options.json;
    if (showBars && context.log.level === 'info') context.log.level = 'warn';
    return runStreams(context, chosen, { ...options, showBars }, signal);
  };
  return withContext(check, run, { signal });
}

/** Runs as a table for people, and why those that failed did. */
export function describeRuns(runs: readonly Run[]): string[] {
  const rows = runs.map((run) => [
    run.stream,
    run.mode,
    run.outcome,
    count(run.records),
    count(run.inserted),
    count(run.updated),
    count(run.unchanged),
    count(run.tombstoned),
    count(run.rejected),
    count(run.requests),
    duration(run.durationMs),
  ]);
  const head = [
    'stream',
    'mode',
    'outcome',
    'records',
    'inserted',
    'updated',
    'unchanged',
    'deleted',
    'rejected',
    'requests',
    'time',
  ];
  const errors = runs.flatMap((run) => (run.error === undefined ? [] : [`${run.stream}: ${run.error}`]));
  const rejected = runs.flatMap(({ stream, rejected: found }) =>
    found > 0 ? [`${stream}: ${count(found)} rejected, the reasons are in sync.rejected_records`] : [],
  );
  const pending = runs.flatMap(({ stream, pendingDeletions = 0 }) =>
    pendingDeletions > 0
      ? [
          `${stream}: ${count(pendingDeletions)} records are missing at the source; they get no tombstones until a second full walk says the same, or sync --confirm-deletions`,
        ]
      : [],
  );
  return [...table(head, rows), ...errors, ...rejected, ...pending];
}

/** The reason a run gives when a signal stopped it. */
export const interrupted = () => new FatalError('interrupted: the next run goes on from the last stored page');
