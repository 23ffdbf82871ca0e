import type { Difference, RowDifference } from '../load/compare.ts';
import type { Reach } from '../ledger/sightings.ts';
import type { ErrorCode } from '../model/error-codes.ts';
import type { Stream, StreamRef } from '../model/stream.ts';
import type { SyncContext } from './context.ts';

/** Result of verifying a stream, as `verify --json` prints it; its differences are reported one by one. */
export interface VerifyResult extends StreamRef {
  /** Records of the stream that were compared. */
  records: number;
  /** Number of rows that are not stored, that the source does not have, and that differ; a set that differs counts as one. */
  missing: number;
  extra: number;
  different: number;
  /** Records that the source changed after the last full walk or whole look-back began: the next one brings them. */
  behind: number;
  /** Rows that are stored, but not shown to this credential, so they cannot be compared. */
  hidden: number;
  requests: number;
  durationMs: number;
  /** Reason why it could not be read to the end. */
  error?: string;
  /** The code of the error, such as CS4201; present with it. */
  errorCode?: ErrorCode;
}

/** A difference, and the id of the stream's record that showed it: pulling that record fixes it. */
export interface Mismatch extends Difference {
  record: string;
}

/** Options of a verification. */
export interface VerifyOptions {
  /** Number of records to pick at random and read by their ids, instead of all. */
  sample?: number | undefined;
  /** Pauses before each reading of a record by its id: a change under way must have time to arrive. */
  pausesMs?: readonly number[];
  onDifference: (mismatch: Mismatch) => void;
}

/** A verification under way. */
export interface Verification {
  context: SyncContext;
  stream: Stream;
  /** Instant at which the last full walk or whole look-back began, in microseconds since 1970 by the source's clock. */
  since: number;
  result: VerifyResult;
  options: VerifyOptions;
  /** Differences that made a record a candidate, and those that were reported. */
  suspected: Set<string>;
  reported: Set<string>;
  /** Owners that the walk has shown; undefined without a walk. */
  owners: Set<string> | undefined;
  /** Returns the reach within which absence proves a deletion; called once the walk is over. */
  reachOnce: () => Promise<Reach>;
  signal: AbortSignal;
}

/** A record that may differ. */
export interface Candidate {
  id: string;
  /** Undefined if its page did not show the difference. */
  found?: RowDifference[];
}

/** Most differences that are remembered, so that a record nested in many others is reported once. */
const MOST_REMEMBERED = 200_000;

/** Adds a key to a memory of limited size. */
function rememberKey(keys: Set<string>, key: string): void {
  if (keys.size < MOST_REMEMBERED) keys.add(key);
}

const differenceKey = ({ table, id, column = '' }: Difference) => `${table} ${id} ${column}`;

/** Returns the differences that no other record has shown yet. */
export function unsuspected({ suspected }: Verification, found: readonly RowDifference[]): RowDifference[] {
  const fresh = found.filter((difference) => !suspected.has(differenceKey(difference)));
  for (const difference of fresh) rememberKey(suspected, differenceKey(difference));
  return fresh;
}

/** Counts and reports the differences of a record, each once. */
export function report(
  { result, options, reported }: Verification,
  record: string,
  found: readonly RowDifference[],
): void {
  for (const { version: _version, isNewer: _isNewer, shownBy: _shownBy, ...difference } of found) {
    if (reported.has(differenceKey(difference))) continue;
    const row = differenceKey({ ...difference, column: '' });
    if (!reported.has(row)) result[difference.kind] += 1;
    rememberKey(reported, row);
    rememberKey(reported, differenceKey(difference));
    options.onDifference({ ...difference, record });
  }
}
