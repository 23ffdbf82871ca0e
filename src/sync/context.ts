import { budgetOn, slicesOf } from '../extract/budget.ts';
import { createHttp, type ResponseListener, type Http } from '../extract/http.ts';
import type { Page } from '../extract/page.ts';
import type { CommitResult } from '../load/commit.ts';
import type { Database } from '../database/database.ts';
import { limiterIn } from '../ledger/limiter.ts';
import type { Logger } from '../model/log.ts';
import { accountRef, addressOf, type Source } from '../model/source.ts';
import type { Progress } from './progress.ts';

/** What every run needs. */
export interface SyncContext {
  db: Database;
  source: Source;
  http: Http;
  log: Logger;
  /** How many pages are fetched side by side; twelve unless given. */
  concurrency?: number;
  /** True when somebody said that many records at a time are deleted: then one walk is enough. */
  confirmsDeletions?: boolean;
  /** How long ago a walk may have begun, in ms, that is complete when the rest of its pages is read; about a day unless given. */
  oldestWalkMs?: number;
  /** Called at each step of a page; a test can stop the process there. */
  onStep?: (step: 'fetched' | 'committed', page: Page) => void | Promise<void>;
  /** Called with what each transaction stored. */
  onCommitted?: (committed: CommitResult) => void;
  /** Called as the run goes on. */
  onProgress?: (progress: Progress) => void;
}

/** How many pages are fetched side by side. */
export const concurrencyOf = ({ concurrency = 12 }: SyncContext) => concurrency;

/** The name of the budget that all processes with the source's credential share, at one address of its API. */
export const budgetKey = (source: Source) => `${source.name}:${addressOf(source)}:${source.credential}`;

/**
 * An engine for one source, inside the budget that all processes on the database share. Close its `http` in the end.
 * `urgent` requests, such as those somebody waits for, come before those of walks.
 */
export function openContext(
  db: Database,
  source: Source,
  log: Logger,
  { urgent = false, onAnswer }: { urgent?: boolean; onAnswer?: ResponseListener } = {},
): SyncContext {
  const limiter = limiterIn(db.brief, budgetKey(source), slicesOf(source.requestsPerMinute));
  const ofAccount = log.child(accountRef(source));
  const http = createHttp(source, budgetOn(limiter, { urgent }), ofAccount, { ...(onAnswer && { onAnswer }) });
  return { db, source, http, log };
}
