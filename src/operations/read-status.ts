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
import type { Source } from '../model/source.ts';
import { labelOf, refOf, type StreamRef } from '../model/stream.ts';
import { streamEntities } from '../sources/index.ts';
import { chooseSources, unknownStream } from './choose.ts';
import { requireTables, type OperationContext } from './context.ts';
import { wasBegun } from './was-begun.ts';

/** The state of every stream, and rejected records that belong to none of them. */
export interface Status {
  streams: StreamStatus[];
  otherRejections: Rejections[];
  /** Labels of streams that are older than `fresherThan` allows; absent without that option. */
  stale?: string[];
}

/** Options of reading the status. */
export interface StatusOptions {
  /** Streams such as polar.checkouts; all unless given. */
  streams?: readonly string[];
  /** Only this account. */
  account?: string;
  /** True to count the rows of large tables, which reads all of them, instead of estimating. */
  exact?: boolean;
  /** Milliseconds: streams that are older are listed as stale. */
  fresherThan?: number;
}

/** Throws a ConfigError for a name that is not a stream. */
function requireStreams(names: readonly string[]): void {
  const known = Object.keys(streamEntities);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) throw unknownStream(wrong, known);
}

/** A request about existing streams, and its sources. */
interface StatusQuestion extends StatusOptions {
  streams: readonly string[];
  sources: readonly Source[];
}

/**
 * Checks the options of a status request. Throws a ConfigError for a name that is not a stream, or an account that has
 * no credential.
 */
export function askStatus(config: Config, options: StatusOptions): StatusQuestion {
  const { streams = [], account } = options;
  requireStreams(streams);
  return { ...options, streams, sources: chooseSources(config, account) };
}

/** Reads the state of the streams from the database alone. */
export async function readStatus({ db }: OperationContext, question: StatusQuestion): Promise<Status> {
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

/**
 * Returns true for a stream that should be walked; for an optional one, once a walk of it began, while its scope is not
 * known to be missing.
 */
const isExpected = (optional: readonly string[]) => (status: StreamStatus) =>
  !optional.includes(labelOf(status)) || (!status.missingScope && wasBegun(status));

/** Returns the streams that are older than allowed, and those that were requested but never walked. */
function staleOf(walked: readonly StreamStatus[], names: readonly string[], mostMs: number): string[] {
  const stale = walked.filter(({ freshnessMs }) => freshnessMs === null || freshnessMs > mostMs).map(labelOf);
  const missing = names.filter((name) => !walked.some(({ stream }) => stream === name));
  return walked.length === 0 && names.length === 0 ? ['every stream'] : [...stale, ...missing];
}
