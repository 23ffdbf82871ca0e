import { budgetOn, slicesOf } from '../extract/budget.ts';
import { createHttp, type ResponseListener, type Http } from '../extract/http.ts';
import type { Page } from '../extract/page.ts';
import type { CommitResult } from '../load/commit.ts';
import type { Database } from '../database/database.ts';
import { limiterIn } from '../ledger/limiter.ts';
import type { Logger } from '../model/log.ts';
import { accountRef, addressOf, type Source } from '../model/source.ts';
import type { Progress } from './progress.ts';

/** Context of every run. */
export interface SyncContext {
  db: Database;
  source: Source;
  http: Http;
  log: Logger;
  /** Number of pages that are fetched concurrently; default 12. */
  concurrency?: number;
  /** True if somebody confirmed that many records were deleted: one walk suffices then. */
  confirmsDeletions?: boolean;
  /** Age in ms up to which an interrupted walk is complete once the rest of its pages is read; about a day by default. */
  oldestWalkMs?: number;
  /** Called at each step of a page; a test can stop the process there. */
  onStep?: (step: 'fetched' | 'committed', page: Page) => void | Promise<void>;
  /** Called with the result of each transaction. */
  onCommitted?: (committed: CommitResult) => void;
  /** Called as the run proceeds. */
  onProgress?: (progress: Progress) => void;
}

/** Returns the number of pages that are fetched concurrently. */
export const concurrencyOf = ({ concurrency = 12 }: SyncContext) => concurrency;

/** Returns the name of the budget that all processes with the source's credential share, at one address of its API. */
export const budgetKey = (source: Source) => `${source.name}:${addressOf(source)}:${source.credential}`;

/**
 * Opens the context of one source, inside the budget that all processes on the database share. Close its `http` in the end.
 * `urgent` requests, such as those that somebody waits for, come before those of walks.
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
