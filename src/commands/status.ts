import { Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../config/config.ts';
import {
  countRowsOf,
  estimateRowsOf,
  otherRejections,
  statusOf,
  streamsToShow,
  type Rejections,
  type StreamStatus,
} from '../ledger/status.ts';
import { missingScopes, withMissingScope } from '../ledger/scopes.ts';
import { streamEntities } from '../sources/index.ts';
import type { Source } from '../model/source.ts';
import { parseDuration } from '../model/schedule.ts';
import { labelOf, refOf, type StreamRef } from '../model/stream.ts';
import { chooseSources, requireTables, unknownStream, withContext, type CommandContext } from './context.ts';
import { count, duration } from './format.ts';
import { accountOption, jsonOption, print, type Invocation } from './invocation.ts';

/** The state of every stream, and rejected records that are of none of them. */
export interface Status {
  streams: StreamStatus[];
  otherRejections: Rejections[];
  /** Labels of streams that are older than `--fresher-than` allows; absent without that option. */
  stale?: string[];
}

/** What `status` was asked for. */
interface StatusOptions {
  account?: string;
  exact?: boolean;
  fresherThan?: number;
  json?: boolean;
}

/** The command `status`: the state of every stream that is turned on or was walked before. Reads the database only. */
export const statusCommand = (invocation: Invocation): Command =>
  new Command('status')
    .description('show what is stored of each stream, how fresh it is, and what runs')
    .argument('[stream...]', 'streams such as polar.checkouts (default: all)')
    .addOption(
      new Option(
        '--fresher-than <age>',
        'end with 1 unless each stream was walked completely within this time, such as 15m, 6h or 2d',
      ).argParser(ageOf),
    )
    .option('--exact', 'count the rows of large tables, which reads all of them, instead of estimating')
    .addOption(accountOption())
    .addOption(jsonOption())
    .action(async (streams: string[], { json, ...options }: StatusOptions) => {
      const choose = (config: Config) => {
        requireStreams(streams);
        return { ...options, streams, sources: chooseSources(config, options.account) };
      };
      const status = await withContext(invocation, choose, readStatus);
      print(invocation, status, !json && describeStatus(status));
      if (status.stale && status.stale.length > 0) invocation.fail();
    });

/** Milliseconds of an age as users write it. */
function ageOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a number with s, m, h or d, such as 15m.');
  return ms;
}

/** Throws a ConfigError for a name that is no stream. */
function requireStreams(names: readonly string[]): void {
  const known = Object.keys(streamEntities);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) throw unknownStream(wrong, known);
}

interface StatusQuestion extends Omit<StatusOptions, 'json'> {
  streams: readonly string[];
  sources: readonly Source[];
}

async function readStatus({ db }: CommandContext, question: StatusQuestion): Promise<Status> {
  const { sources, account, streams: names, fresherThan, exact } = question;
  await requireTables(db);
  const turnedOn = sources.flatMap(({ streams }) => streams.map(refOf));
  const shown = await streamsToShow(db.pool, streamEntities, turnedOn);
  const isWanted = (ref: StreamRef) =>
    (account === undefined || ref.account === account) && (names.length === 0 || names.includes(ref.stream));
  const wanted = shown.filter(([ref]) => isWanted(ref));
  const missing = await missingScopes(db.pool, sources);
  const streams = await Promise.all(
    wanted.map(async ([ref, entity]) =>
      withMissingScope(await statusOf(db.pool, ref, entity, exact ? countRowsOf : estimateRowsOf), missing),
    ),
  );
  const others = (await otherRejections(db.pool, streams)).filter(isWanted);
  const optional = sources.flatMap((source) => source.streams.filter(({ isOptional }) => isOptional));
  const expected = names.length > 0 ? streams : streams.filter(isExpected(optional.map((one) => labelOf(refOf(one)))));
  return { streams, otherRejections: others, ...(fresherThan && { stale: staleOf(expected, names, fresherThan) }) };
}

/** True for a stream that should be walked: an optional one once a walk of it began, while its scope is not known to be missing. */
const isExpected = (optional: readonly string[]) => (status: StreamStatus) =>
  !optional.includes(labelOf(status)) || (!status.missingScope && wasBegun(status));

const wasBegun = ({ lastComplete, walk, lastError }: StreamStatus) => Boolean(lastComplete ?? walk ?? lastError);

/** The streams that are older than allowed, and those that were asked for and never walked. */
function staleOf(walked: readonly StreamStatus[], names: readonly string[], mostMs: number): string[] {
  const stale = walked.filter(({ freshnessMs }) => freshnessMs === null || freshnessMs > mostMs).map(labelOf);
  const missing = names.filter((name) => !walked.some(({ stream }) => stream === name));
  return walked.length === 0 && names.length === 0 ? ['every stream'] : [...stale, ...missing];
}

/** The status of each stream for people. */
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
    ...(lastError ? [['last error', `${lastError.at}: ${lastError.message}`] as [string, string]] : []),
  ];
}

function describeRows({ rows, deleted, rejected, isEstimated }: StreamStatus): string {
  const about = isEstimated ? 'about ' : '';
  return `${about}${count(rows)}, ${about}${count(deleted)} more deleted at the source, ${count(rejected)} records rejected`;
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
