import { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { otherRejections, statusOf, streamsToShow, type Rejections, type StreamStatus } from '../ledger/status.ts';
import { missingScopes, withMissingScope } from '../ledger/scopes.ts';
import { streamEntities } from '../sources/index.ts';
import type { Source } from '../model/source.ts';
import { labelOf, refOf, type StreamRef } from '../model/stream.ts';
import { chooseSources, requireTables, withContext, type CommandContext } from './context.ts';
import { count, duration } from './format.ts';
import { accountOption, jsonOption, print, type Invocation } from './invocation.ts';

/** The state of every stream, and rejected records that are of none of them. */
export interface Status {
  streams: StreamStatus[];
  otherRejections: Rejections[];
}

/** The command `status`: the state of every stream that is turned on or was walked before. Reads the database only. */
export const statusCommand = (invocation: Invocation): Command =>
  new Command('status')
    .description('show what is stored of each stream, how fresh it is, and what runs')
    .addOption(accountOption())
    .addOption(jsonOption())
    .action(async ({ account, json }: { account?: string; json?: boolean }) => {
      const choose = (config: Config) => ({ sources: chooseSources(config, account), account });
      const status = await withContext(invocation, choose, readStatus);
      print(invocation, status, !json && describeStatus(status));
    });

async function readStatus(
  { db }: CommandContext,
  { sources, account }: { sources: readonly Source[]; account: string | undefined },
): Promise<Status> {
  await requireTables(db);
  const turnedOn = sources.flatMap(({ streams }) => streams.map(refOf));
  const shown = await streamsToShow(db.pool, streamEntities, turnedOn);
  const isWanted = (ref: StreamRef) => account === undefined || ref.account === account.toLowerCase();
  const wanted = shown.filter(([ref]) => isWanted(ref));
  const missing = await missingScopes(db.pool, sources);
  const streams = await Promise.all(
    wanted.map(async ([ref, entity]) => withMissingScope(await statusOf(db.pool, ref, entity), missing)),
  );
  return { streams, otherRejections: (await otherRejections(db.pool, streams)).filter(isWanted) };
}

/** The status of each stream for people. */
export function describeStatus({ streams, otherRejections: others }: Status): string[] {
  if (streams.length === 0 && others.length === 0)
    return ['No source is turned on, and nothing was walked yet: set POLAR_ACCESS_TOKEN or FYNN_API_KEY.'];
  return [
    ...streams.flatMap((status) => [labelOf(status), ...lines(details(status))]),
    ...others.flatMap(({ rejected, ...ref }) => [
      ref.stream.includes('.') ? labelOf(ref) : `${labelOf(ref)}, records of no stream that webhooks brought`,
      ...lines([['rejected', count(rejected)]]),
    ]),
  ];
}

const lines = (named: readonly (readonly [name: string, value: string])[]) =>
  named.map(([name, value]) => `  ${name.padEnd(14)}${value}`);

function details({
  lastComplete,
  freshnessMs,
  rows,
  deleted,
  rejected,
  pendingDeletions,
  skewed,
  walk,
  lastError,
  missingScope,
}: StreamStatus): [string, string][] {
  const fresh = lastComplete
    ? `${lastComplete.finishedAt} (${lastComplete.mode}, ${count(lastComplete.records)} records)`
    : 'never';
  return [
    ['last complete', fresh],
    ['freshness', freshnessMs === null ? 'unknown' : `${duration(freshnessMs)} old`],
    ['rows', `${count(rows)}, ${count(deleted)} more deleted at the source, ${count(rejected)} records rejected`],
    ...(pendingDeletions ? [['deletions', describePending(pendingDeletions)] as [string, string]] : []),
    ...(skewed ? [['clock', describeSkewed(skewed)] as [string, string]] : []),
    ...(walk ? [['walk', describeWalk(walk)] as [string, string]] : []),
    ...(missingScope ? [['missing scope', describeScope(missingScope)] as [string, string]] : []),
    ...(lastError ? [['last error', `${lastError.at}: ${lastError.message}`] as [string, string]] : []),
  ];
}

const describeScope = ({ scope, isLeftOut }: NonNullable<StreamStatus['missingScope']>) =>
  isLeftOut ? `${scope}: the stream is left out until the credential has it` : scope;

const describePending = ({ records, foundAt }: NonNullable<StreamStatus['pendingDeletions']>) =>
  `${count(records)} records were missing at ${foundAt}: a second full walk, or sync --confirm-deletions, marks them as deleted`;

const describeSkewed = ({ rows, at }: NonNullable<StreamStatus['skewed']>) =>
  `${count(rows)} rows were dated in the future, by a clock that was ahead; the run that ended at ${at} set them right`;

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
