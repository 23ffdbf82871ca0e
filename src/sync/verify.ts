import { listOf } from '../ledger/list.ts';
import { failureOf } from '../model/error-code-of.ts';
import { FatalError } from '../model/errors.ts';
import { microseconds } from '../model/instant.ts';
import { refOf, type Stream } from '../model/stream.ts';
import { candidatesOfSample, candidatesOfWalk } from './candidates.ts';
import { confirmCandidates } from './confirm-candidates.ts';
import type { SyncContext } from './context.ts';
import { lastWholeWalk } from './look-back.ts';
import { lazyReach } from './reach.ts';
import type { Verification, VerifyOptions, VerifyResult } from './verification.ts';

/**
 * Compares the source with the tables: every column of every row, and every set, in both directions. Changes nothing. A record
 * that differs is read again by its id before that counts. Never throws for a failure of the reading itself.
 */
export async function verify(
  context: SyncContext,
  stream: Stream,
  asked: VerifyOptions,
  signal: AbortSignal,
): Promise<VerifyResult> {
  // A sample is read by id: where that cannot be done, everything is compared.
  const options = stream.recordPath === null ? { ...asked, sample: undefined } : asked;
  const started = performance.now();
  const sentBefore = context.http.sent();
  const result: VerifyResult = { ...refOf(stream), ...nothingFound };
  try {
    const since = microseconds(await lastWholeWalk(context.db.pool, stream, listOf(context.source, stream)));
    const owners = options.sample === undefined ? new Set<string>() : undefined;
    const reachOnce = lazyReach(context, stream, owners, signal);
    const memory = { suspected: new Set<string>(), reported: new Set<string>(), owners, reachOnce };
    const check: Verification = { context, stream, since: since ?? Infinity, result, options, ...memory, signal };
    const { sample } = options;
    await confirmCandidates(check, sample === undefined ? candidatesOfWalk(check) : candidatesOfSample(check, sample));
    requireShown(check);
  } catch (error) {
    Object.assign(result, failureOf(error));
  }
  result.requests = context.http.sent() - sentBefore;
  result.durationMs = Math.round(performance.now() - started);
  return result;
}

const nothingFound = {
  records: 0,
  missing: 0,
  extra: 0,
  different: 0,
  behind: 0,
  hidden: 0,
  requests: 0,
  durationMs: 0,
};

/** Throws if stored rows were compared with nothing: that is no equality. */
function requireShown({ result, options, context: { source } }: Verification): void {
  const { hidden, records } = result;
  if (hidden === 0 || (records > 0 && options.sample === undefined)) return;
  const { credential, settings } = source.access;
  const whose = settings.owner === null ? settings.url : `${settings.url} and ${settings.owner}`;
  throw new FatalError(
    'CS5201',
    `${hidden} stored records are not visible to this ${credential} and cannot be compared: check ${whose}; if they are right, run sync`,
  );
}
