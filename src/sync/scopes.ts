import { getList, UNORDERED } from '../extract/list.ts';
import { getRecord, NO_ID } from '../extract/record.ts';
import { missingScopes, recordAsked } from '../ledger/scopes.ts';
import { formatError, MissingScopeError } from '../model/errors.ts';
import { accountRef } from '../model/source.ts';
import { labelOf, refOf, type Stream } from '../model/stream.ts';
import type { SyncContext } from './context.ts';

/** Result of requesting the scopes of the optional streams. */
export interface ScopesAsked {
  /** Streams whose scope was missing, and is granted now. */
  regained: Stream[];
  /** False if the API itself did not respond for some stream, whose scope is unknown then. */
  isConclusive: boolean;
}

/** A source that hangs must not keep the others waiting. */
const ASK_MS = 10_000;

/**
 * Checks the scope of each optional stream with one small request, and records those that are missing. Only a response of the
 * API itself counts: after a failure, or a refusal by something in between, the recorded scopes stay.
 */
export async function askScopes(context: SyncContext, signal: AbortSignal): Promise<ScopesAsked> {
  const { db, source } = context;
  const optional = source.streams.filter(({ isOptional }) => isOptional);
  if (optional.length === 0) return { regained: [], isConclusive: true };
  const until = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
  const before = await missingScopes(db.pool, [source]);
  const answers = await Promise.all(
    optional.map(async (stream) => ({ stream, isAllowed: await isAllowed(context, stream, until) })),
  );
  const streamsThat = (wanted: boolean) =>
    answers.filter((one) => one.isAllowed === wanted).map(({ stream }) => stream);
  const [granted, missing] = [streamsThat(true), streamsThat(false)];
  if (granted.length + missing.length > 0)
    await recordAsked(db.pool, accountRef(source), { granted: granted.map(scopeOf), missing: missing.map(scopeOf) });
  const wasMissing = (stream: Stream) => before.has(labelOf(refOf(stream)));
  const regained = granted.filter(wasMissing);
  announce(context, { regained, lost: missing.filter((stream) => !wasMissing(stream)) });
  return { regained, isConclusive: granted.length + missing.length === optional.length };
}

const scopeOf = ({ permission }: Stream) => permission;

/** Returns whether the API lets the credential read a stream; undefined if it did not say. */
async function isAllowed(context: SyncContext, stream: Stream, signal: AbortSignal): Promise<boolean | undefined> {
  const { http, log } = context;
  const first = { ...UNORDERED, filter: stream.scope, page: 1, limit: 1, retries: 1 };
  try {
    await (stream.discovery.by === 'id'
      ? getRecord(context, stream, NO_ID, signal)
      : getList(http, stream, first, signal));
    return true;
  } catch (error) {
    if (error instanceof MissingScopeError) return false;
    log.debug(refOf(stream), `the scope ${stream.permission} could not be checked: ${formatError(error)}`);
    return undefined;
  }
}

/** Logs scopes that were granted or lost, each once. */
function announce({ log, source }: SyncContext, { regained, lost }: Record<'regained' | 'lost', Stream[]>): void {
  const { credential } = source.access;
  for (const stream of lost)
    log.warn(
      refOf(stream),
      `the ${credential} lacks ${stream.permission}: ${stream.name} is left out until the scope is added; checking again every day and at each start`,
    );
  for (const stream of regained)
    log.info(refOf(stream), `the ${credential} has ${stream.permission} now: walking ${stream.name}`);
}
