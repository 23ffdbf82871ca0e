import { deliverDue } from '../hooks/deliver.ts';
import { openHook } from '../hooks/send.ts';
import { turnHookOn } from '../ledger/hook-deliveries.ts';
import { prune } from '../ledger/prune.ts';
import { dayRoller } from '../ledger/roll-up-days.ts';
import { errorCodeOf } from '../model/error-code-of.ts';
import { formatError } from '../model/errors.ts';
import type { Mode } from '../model/stream.ts';
import type { Progress } from '../sync/progress.ts';
import { sync, type Run } from '../sync/sync.ts';
import type { Chosen } from './choose.ts';
import { bringUpToDate, withSource, type OperationContext } from './context.ts';
import { askForScopes, withoutLeftOut, type LeftOut } from './left-out.ts';

/** Options of running streams. */
export interface RunOptions {
  mode: Mode;
  /** True to believe a single walk in which many records are missing. */
  confirmDeletions?: boolean;
  /** Called after each page. */
  onProgress?: (progress: Progress) => void;
  /** Called after each run. */
  onRun?: (run: Run) => void;
}

/** Result of a sync; streams that were named are never left out. */
export interface Synced {
  runs: Run[];
  leftOut: LeftOut[];
}

/**
 * Maximum age of an interrupted walk that is resumed. After a sync the tables equal the source: once the rest of a walk
 * begun earlier is read, another walk follows.
 */
const OLDEST_RESUMED_MS = 15 * 60_000;

/** Maximum time spent on rolling up days; the worker, or the next sync, rolls up the rest. */
const ROLL_UP_MS = 1000;

/** Runs the streams one after the other. Returns every run, failed ones included. */
export async function runStreams(
  context: OperationContext,
  chosen: readonly Chosen[],
  { mode, confirmDeletions: confirmsDeletions = false, onProgress, onRun }: RunOptions,
  signal: AbortSignal,
): Promise<Run[]> {
  const options = { confirmsDeletions, oldestWalkMs: OLDEST_RESUMED_MS, ...(onProgress && { onProgress }) };
  const runs: Run[] = [];
  for (const { source, stream } of chosen) {
    const { next: _next, ...run } = await withSource(context, source, (opened) =>
      sync({ ...opened, ...options }, stream, mode, signal),
    );
    onRun?.(run);
    runs.push(run);
  }
  return runs;
}

/**
 * Runs each stream once, after migrating; leaves out optional ones without their scope unless they are named. Then does
 * what a worker would do: prunes the bookkeeping, rolls up days for reports, and delivers events.
 */
export async function syncStreams(
  context: OperationContext,
  chosen: readonly Chosen[],
  { areNamed, ...options }: RunOptions & { areNamed: boolean },
  signal: AbortSignal,
): Promise<Synced> {
  const { config, db } = context;
  await bringUpToDate(context, signal);
  if (config.hook) await turnHookOn(db.pool);
  if (!areNamed) await askForScopes(context, chosen, signal);
  const { wanted, leftOut } = await withoutLeftOut(context, chosen, { areNamed });
  const runs = await runStreams(context, wanted, options, signal);
  await prune(db.pool, config.keepChangesDays); // there may be no worker to do it
  await dayRoller(db.pool, context.log)(ROLL_UP_MS, signal);
  await deliverEvents(context, signal);
  return { runs, leftOut };
}

/** Maximum time spent on events; the worker, or the next sync, delivers the rest. */
const DELIVERY_MS = 15_000;

async function deliverEvents({ config, db, log }: OperationContext, signal: AbortSignal): Promise<void> {
  if (!config.hook) return;
  const hook = openHook(config.hook, signal);
  try {
    await deliverDue(db.pool, hook, DELIVERY_MS);
  } catch (error) {
    log.warn({ errorCode: errorCodeOf(error) }, `events for SYNC_HOOK_URL were not delivered: ${formatError(error)}`);
  } finally {
    await hook.close();
  }
}
