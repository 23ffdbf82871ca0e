import { setTimeout as pause } from 'node:timers/promises';
import { databaseTime } from '../ledger/overdue.ts';
import { errorCodeOf } from '../model/error-code-of.ts';
import { formatError } from '../model/errors.ts';
import { refOf } from '../model/stream.ts';
import type { SyncContext } from '../sync/context.ts';
import { askScopes } from '../sync/scopes.ts';
import type { Maintenance } from './maintenance.ts';

/** The queue to which walks of newly readable streams are added, with the database's clock and the log. */
type WatchedQueue = Pick<Maintenance, 'db' | 'log' | 'queue'>;

/** Pauses in ms until scopes are asked for again: usually, and after a source did not respond. */
const PAUSES = { usualMs: 24 * 3_600_000, retryMs: 10 * 60_000 };

/**
 * Asks for the scopes of optional streams, now and every day. Resolves once each source was asked, to the rest of the work,
 * which ends with the signal. A stream whose scope was granted is walked immediately.
 */
export async function watchScopes(
  contexts: readonly SyncContext[],
  maintenance: WatchedQueue,
  signal: AbortSignal,
  pauses = PAUSES,
): Promise<{ ended: Promise<unknown> }> {
  const first = await Promise.all(contexts.map((context) => ask(context, maintenance, signal)));
  const watch = async (context: SyncContext, index: number) => {
    let isConclusive = first[index];
    for (;;) {
      const ms = isConclusive ? pauses.usualMs : pauses.retryMs;
      await pause(ms, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
      if (signal.aborted) return;
      isConclusive = await ask(context, maintenance, signal);
    }
  };
  return { ended: Promise.all(contexts.map(watch)) };
}

/** Asks one source, and makes walks of newly readable streams due. Returns whether the source responded. */
async function ask(context: SyncContext, { db, log, queue }: WatchedQueue, signal: AbortSignal): Promise<boolean> {
  try {
    const { regained, isConclusive } = await askScopes(context, signal);
    for (const stream of regained)
      await queue.add({ ...refOf(stream), mode: 'full', since: await databaseTime(db.pool) });
    return isConclusive;
  } catch (error) {
    log.warn(
      { source: context.source.name, account: context.source.account, errorCode: errorCodeOf(error) },
      `missing scopes could not be determined, retrying in ten minutes: ${formatError(error)}`,
    );
    return false;
  }
}
