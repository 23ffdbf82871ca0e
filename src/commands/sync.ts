import { Command, Option } from 'commander';
import { describeFailure } from '../model/error-code-of.ts';
import { labelOf, type Mode } from '../model/stream.ts';
import type { Synced } from '../operations/sync-streams.ts';
import type { Run } from '../sync/sync.ts';
import { withContext } from './context.ts';
import { helpAfter } from './help.ts';
import { accountOption, jsonOption, print, type Invocation } from './invocation.ts';
import { describeLeftOut } from './left-out.ts';
import { count, duration, table } from './format.ts';

/** Options of the command `sync`. */
interface SyncOptions {
  mode: Mode;
  confirmDeletions?: boolean;
  account?: string;
  json?: boolean;
}

/** Returns the command `sync`: one run of each stream. */
export const syncCommand = (invocation: Invocation): Command =>
  new Command('sync')
    .description(
      'migrate, then walk each stream once and store what it lists; continues where an interrupted run stopped',
    )
    .argument('[stream...]', 'streams such as polar.checkouts (default: all that are turned on)')
    .addOption(
      new Option('--mode <mode>', 'full reads every page and finds deletions; incremental reads what may have changed')
        .choices(['incremental', 'full'])
        .default('full'),
    )
    .option(
      '--confirm-deletions',
      'if many records are missing (over 50, and over a tenth of the stream), do not wait for a second full walk',
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExit code 1 if a run is not complete or a record was rejected. Table sync.rejected_records has the reasons.',
    )
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync sync', 'every stream that is turned on, in full'],
          ['npx checkout-sync sync polar.checkouts --mode incremental', 'sessions that may have changed'],
          ['npx checkout-sync sync --account acme', 'the streams of one account'],
          ['npx checkout-sync sync polar.checkout_links --confirm-deletions', 'after many links were deleted'],
        ],
        page: 'docs/operations.md',
      }),
    )
    .action(async (streams: string[], options: SyncOptions) => {
      const { runs, leftOut } = await runSync(invocation, streams, options);
      const json = { runs, ...(leftOut.length > 0 && { leftOut }) };
      print(invocation, json, !options.json && [...describeRuns(runs), ...describeLeftOut(leftOut)]);
      if (runs.some((run) => run.outcome !== 'complete' || run.rejected > 0)) invocation.fail();
    });

async function runSync(invocation: Invocation, names: readonly string[], options: SyncOptions): Promise<Synced> {
  const { chooseStreams } = await import('../operations/choose.ts');
  const { syncStreams } = await import('../operations/sync-streams.ts');
  const { withBars } = await import('./progress.ts');
  const { stderr, signal } = invocation;
  const { json, account, ...asked } = options;
  return withContext(
    invocation,
    (config) => chooseStreams(config, names, account),
    (context, chosen) => {
      const showBars = stderr.isTTY === true && !json;
      if (showBars && context.log.level === 'info') context.log.level = 'warn';
      const areNamed = names.length > 0;
      return withBars(showBars, (bars) => syncStreams(context, chosen, { ...asked, ...bars, areNamed }, signal));
    },
  );
}

/** Formats runs as a table for people, with the reason of each failure. */
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
  const errors = runs.flatMap((run) => (run.error === undefined ? [] : [`${labelOf(run)}: ${describeFailure(run)}`]));
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
