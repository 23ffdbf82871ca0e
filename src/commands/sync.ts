import { Command, Option } from 'commander';
import { prune } from '../ledger/prune.ts';
import { deliverDue } from '../hooks/deliver.ts';
import { openHook } from '../hooks/send.ts';
import { turnHookOn } from '../ledger/hook-deliveries.ts';
import { formatError } from '../model/errors.ts';
import { labelOf, type Mode } from '../model/stream.ts';
import { sourceEntities } from '../sources/index.ts';
import { restrain } from '../sync/restrain.ts';
import { sync, type Run } from '../sync/sync.ts';
import type { SyncContext } from '../sync/context.ts';
import { chooseStreams, updateSchema, withContext, withSource, type Chosen, type CommandContext } from './context.ts';
import { accountOption, jsonOption, print, type Invocation } from './invocation.ts';
import { askForScopes, describeLeftOut, withoutLeftOut, type LeftOut } from './left-out.ts';
import { createProgressBars } from './progress.ts';
import { count, duration, table } from './format.ts';

/** Options of the command `sync`. */
export interface SyncOptions {
  mode: Mode;
  confirmDeletions?: boolean;
  account?: string;
  json?: boolean;
}

/** How streams are run. */
interface RunOptions extends SyncOptions {
  showBars: boolean;
}

/** After a command the tables equal the source: a walk begun before this is done again when its rest is read. */
const OLDEST_RESUMED_MS = 15 * 60_000;

/** Runs the streams one after the other, after migrating; with bars when asked for. Returns every run, failed ones included. */
export async function runStreams(
  context: CommandContext,
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
          { ...context, confirmsDeletions, oldestWalkMs: OLDEST_RESUMED_MS, ...(bars && { onProgress: bars.show }) },
          stream,
          mode,
          signal,
        );
      const { next: _next, ...outcome } = await withSource(context, source, run);
      runs.push(outcome);
    }
  } finally {
    bars?.close();
  }
  return runs;
}

/** The command `sync`: one run of each stream. */
export const syncCommand = (invocation: Invocation): Command =>
  new Command('sync')
    .description(
      'walk each stream once and store what it lists; migrates first, continues where an interrupted run stopped',
    )
    .argument('[stream...]', 'streams such as polar.checkouts (default: all that are turned on)')
    .addOption(
      new Option('--mode <mode>', 'full reads every page and finds deletions; incremental reads what can have changed')
        .choices(['incremental', 'full'])
        .default('full'),
    )
    .option(
      '--confirm-deletions',
      'do not wait for a second full walk if many records (over 50, and a tenth of the stream) are missing',
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExit code 1 when a run is not complete, or a record was rejected: see sync.rejected_records for the reasons.',
    )
    .action(async (streams: string[], options: SyncOptions) => {
      const { runs, leftOut } = await syncStreams(invocation, streams, options);
      const json = { runs, ...(leftOut.length > 0 && { leftOut }) };
      print(invocation, json, !options.json && [...describeRuns(runs), ...describeLeftOut(leftOut)]);
      if (runs.some((run) => run.outcome !== 'complete' || run.rejected > 0)) invocation.fail();
    });

/** What `sync` did; a stream that is left out was not named. */
interface Synced {
  runs: Run[];
  leftOut: LeftOut[];
}

function syncStreams(invocation: Invocation, names: readonly string[], options: SyncOptions): Promise<Synced> {
  const { stderr, signal } = invocation;
  return withContext(
    invocation,
    (config) => chooseStreams(config, names, options.account),
    async (context, chosen) => {
      await updateSchema(context);
      if (context.config.hook) await turnHookOn(context.db.pool);
      await restrain(context, { sources: sourceEntities, privacy: context.config.privacy }, signal);
      const showBars = stderr.isTTY === true && !options.json;
      if (showBars && context.log.level === 'info') context.log.level = 'warn';
      const areNamed = names.length > 0;
      if (!areNamed) await askForScopes(context, chosen, signal);
      const { wanted, leftOut } = await withoutLeftOut(context, chosen, { areNamed });
      const runs = await runStreams(context, wanted, { ...options, showBars }, signal);
      await prune(context.db.pool, context.config.keepChangesDays); // there may be no worker that does
      await deliverEvents(context, signal);
      return { runs, leftOut };
    },
  );
}

/** Longest time that the command takes for events; the worker, or the next command, delivers the rest. */
const DELIVERY_MS = 15_000;

async function deliverEvents({ config, db, log }: CommandContext, signal: AbortSignal): Promise<void> {
  if (!config.hook) return;
  const hook = openHook(config.hook, signal);
  try {
    await deliverDue(db.pool, hook, DELIVERY_MS);
  } catch (error) {
    log.warn(`events for SYNC_HOOK_URL were not delivered: ${formatError(error)}`);
  } finally {
    await hook.close();
  }
}

/** Runs as a table for people, and why those that failed did. */
export function describeRuns(runs: readonly Run[]): string[] {
  const rows = runs.map((run) => [
    labelOf(run),
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
  const errors = runs.flatMap((run) => (run.error === undefined ? [] : [`${labelOf(run)}: ${run.error}`]));
  const rejected = runs.flatMap(({ rejected: found, ...run }) =>
    found > 0 ? [`${labelOf(run)}: ${count(found)} rejected, the reasons are in sync.rejected_records`] : [],
  );
  const pending = runs.flatMap(({ pendingDeletions = 0, ...run }) =>
    pendingDeletions > 0
      ? [
          `${labelOf(run)}: ${count(pendingDeletions)} records are missing at the source; they get no tombstones until a second full walk says the same, or sync --confirm-deletions`,
        ]
      : [],
  );
  return [...table(head, rows), ...errors, ...rejected, ...pending];
}
