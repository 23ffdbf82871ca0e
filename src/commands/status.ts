import { Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../config/config.ts';
import type { StreamStatus } from '../ledger/status.ts';
import { describeFailure } from '../model/error-code-of.ts';
import { parseDuration } from '../model/duration.ts';
import { labelOf } from '../model/stream.ts';
import type { Status, StatusOptions } from '../operations/read-status.ts';
import { wasBegun } from '../operations/was-begun.ts';
import { withContext } from './context.ts';
import { count, duration } from './format.ts';
import { helpAfter } from './help.ts';
import { accountOption, jsonOption, print, type Invocation } from './invocation.ts';

/**
 * Returns the command `status`: the state of every stream that is turned on or was walked before. Reads the database
 * only.
 */
export const statusCommand = (invocation: Invocation): Command =>
  new Command('status')
    .description('show for each stream how much is stored, how fresh it is, what is running, and the last error')
    .argument('[stream...]', 'streams such as polar.checkouts (default: all)')
    .addOption(
      new Option(
        '--fresher-than <age>',
        'exit with 1 unless each stream was walked completely within this time, such as 15m, 6h or 2d',
      ).argParser(ageOf),
    )
    .option('--exact', 'count the rows of large tables instead of estimating; slower')
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync status', 'each stream'],
          ['npx checkout-sync status --fresher-than 15m polar.checkouts', 'exits with 1 if it is older: for cron'],
          ['npx checkout-sync status --exact --json', 'for scripts'],
        ],
        page: 'docs/hooks.md',
      }),
    )
    .action(async (streams: string[], { json, ...options }: Omit<StatusOptions, 'streams'> & { json?: boolean }) => {
      const { askStatus, readStatus } = await import('../operations/read-status.ts');
      const choose = (config: Config) => askStatus(config, { ...options, streams });
      const status = await withContext(invocation, choose, readStatus);
      print(invocation, status, !json && describeStatus(status));
      if (status.stale && status.stale.length > 0) invocation.fail();
    });

/** Parses an age as users write it. Returns milliseconds. */
function ageOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a number with s, m, h or d, such as 15m.');
  return ms;
}

/** Formats the status of each stream for people. */
export function describeStatus({ streams, otherRejections: others, stale = [] }: Status): string[] {
  const old = stale.map((label) => `${label} is older than --fresher-than allows, or was never walked completely`);
  if (streams.length === 0 && others.length === 0 && old.length === 0)
    return ['No source is turned on, and nothing was walked yet: set POLAR_ACCESS_TOKEN or FYNN_API_KEY.'];
  return [
    ...streams.flatMap((status) => [labelOf(status), ...lines(details(status))]),
    ...others.flatMap(({ rejected, ...ref }) => [
      ref.stream.includes('.') ? labelOf(ref) : `${labelOf(ref)}, records of no stream that webhooks brought`,
      ...lines([['rejected', count(rejected)]]),
    ]),
    ...old,
  ];
}

const lines = (named: readonly (readonly [name: string, value: string])[]) =>
  named.map(([name, value]) => `  ${name.padEnd(14)}${value}`);

function details(status: StreamStatus): [string, string][] {
  const { lastComplete, freshnessMs, pendingDeletions, skewed, walk, lastError, missingScope } = status;
  const rows: [string, string] = ['rows', describeRows(status)];
  const scope: [string, string][] = missingScope ? [['missing scope', describeScope(missingScope)]] : [];
  if (missingScope?.isLeftOut && !wasBegun(status)) return status.rows > 0 ? [rows, ...scope] : scope;
  const fresh = lastComplete
    ? `${lastComplete.finishedAt} (${lastComplete.mode}, ${count(lastComplete.records)} records)`
    : 'never';
  return [
    ['last complete', fresh],
    ['freshness', freshnessMs === null ? 'unknown' : `${duration(freshnessMs)} old`],
    rows,
    ...(pendingDeletions ? [['deletions', describePending(pendingDeletions)] as [string, string]] : []),
    ...(skewed ? [['clock', describeSkewed(skewed)] as [string, string]] : []),
    ...(walk ? [['walk', describeWalk(walk)] as [string, string]] : []),
    ...scope,
    ...(lastError ? [['last error', describeLastError(lastError)] as [string, string]] : []),
  ];
}

function describeRows({ rows, deleted, rejected, isEstimated }: StreamStatus): string {
  const about = isEstimated ? 'about ' : '';
  return `${about}${count(rows)}, ${about}${count(deleted)} more deleted at the source, ${count(rejected)} records rejected`;
}

const describeLastError = ({ at, code, message }: NonNullable<StreamStatus['lastError']>) =>
  `${at}: ${describeFailure({ error: message, errorCode: code ?? undefined })}`;

const describeScope = ({ scope, isLeftOut }: NonNullable<StreamStatus['missingScope']>) =>
  isLeftOut ? `${scope}: the stream is left out until the credential has it` : scope;

const describePending = ({ records, foundAt }: NonNullable<StreamStatus['pendingDeletions']>) =>
  `${count(records)} records were missing at ${foundAt}: a second full walk, or sync --confirm-deletions, marks them as deleted`;

const describeSkewed = ({ rows, at }: NonNullable<StreamStatus['skewed']>) =>
  `${count(rows)} rows were dated in the future, by a clock that was ahead; the run that ended at ${at} corrected them`;

function describeWalk({
  mode,
  startedAt,
  isRunning,
  pages,
  records,
  total,
  etaMs,
}: NonNullable<StreamStatus['walk']>): string {
  const share = total === null ? '' : ` of ${count(total)}`;
  const eta = etaMs === null ? '' : `, ${duration(etaMs)} left`;
  const progress = `${mode} since ${startedAt}, ${count(pages)} pages`;
  return isRunning
    ? `${progress}, ${count(records)}${share} records${eta}`
    : `${progress}; interrupted, the next run continues`;
}
