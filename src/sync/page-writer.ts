import { openAhead } from '../database/pool.ts';
import type { Page } from '../extract/page.ts';
import type { NumberedPage } from '../extract/walk.ts';
import { sendBatch, type SentBatch, type StoredPage, type StreamCommitResult } from '../load/commit.ts';
import type { Batch } from '../normalize/batch.ts';
import { addResponse, emptyBatch } from '../normalize/normalize.ts';
import type { ActiveRun } from './active-run.ts';
import type { SyncContext } from './context.ts';
import { walkProgress } from './progress.ts';
import { countCommit } from './stats.ts';

/** Most pages in one transaction. More would save little, and a kill would lose them. */
const MOST_PAGES = 4;

/** Number of concurrent transactions, each in a session of its own. */
const TRANSACTIONS = 2;

/** Stores pages in the background. */
export interface PageWriter {
  /** Resolves when another page may be added; rejects when one could not be stored. */
  hasRoom: () => Promise<void>;
  /** Turns a page into rows; resolves when all pages added so far are stored. */
  add: (page: NumberedPage) => Promise<void>;
  /** Resolves when no transaction is under way; rejects if a page could not be stored. */
  isDone: () => Promise<void>;
}

/** Pages as rows, for one transaction. */
interface ReadyPages {
  batch: Batch;
  pages: Page[];
  parts: StoredPage[];
  isFull: PromiseWithResolvers<void>;
  isSent: PromiseWithResolvers<void>;
}

const noPages = ({ source }: SyncContext): ReadyPages => ({
  batch: emptyBatch(source),
  pages: [],
  parts: [],
  isFull: Promise.withResolvers(),
  isSent: Promise.withResolvers(),
});

/** A transaction under way. */
interface Transaction {
  batch: SentBatch;
  /** Resolves when it and all earlier ones are committed and counted. */
  isDone: Promise<void>;
}

/**
 * Creates a writer that stores pages in their order. Pages that become ready during a transaction share the next one. When that
 * is full, it is sent right behind the first, so Postgres does not wait for us between them.
 */
export function createPageWriter(context: SyncContext, run: ActiveRun): PageWriter {
  let waiting = noPages(context);
  let latest: Transaction | undefined;
  let older: Transaction | undefined;
  let done = Promise.resolve();
  let isBusy = false;
  if (run.walk.mode === 'full') openAhead(context.db.pool, TRANSACTIONS);

  async function sendWaiting(after: Transaction | undefined): Promise<Transaction> {
    const ready = waiting;
    waiting = noPages(context);
    older = after;
    ready.isSent.resolve();
    await run.sightings.note(ready.batch.rows);
    return (latest = sendPages(context, run, ready, after));
  }

  async function storeWaiting(): Promise<void> {
    isBusy = true;
    let before: Transaction | undefined;
    while (waiting.pages.length > 0) {
      const sent = await sendWaiting(before);
      await Promise.race([sent.isDone, waiting.isFull.promise]);
      await before?.isDone;
      before = sent;
    }
    isBusy = false;
  }

  return {
    async hasRoom() {
      if (waiting.pages.length === MOST_PAGES) await Promise.race([done, waiting.isSent.promise]);
      await older?.isDone; // a kill loses no more than two transactions of pages
    },
    add(page) {
      addPage(run, waiting, page);
      if (waiting.pages.length === MOST_PAGES) waiting.isFull.resolve();
      if (!isBusy) done = storeWaiting();
      return done;
    },
    async isDone() {
      await Promise.allSettled([done, latest?.isDone]);
      return done;
    },
  };
}

function addPage(
  { checkpoint: { walkId }, runId, walk: { stream } }: ActiveRun,
  { batch, pages, parts }: ReadyPages,
  { page, number }: NumberedPage,
): void {
  const { span, sourceTime } = page;
  const part = addResponse(batch, stream.entity, page);
  pages.push(page);
  parts.push({ walkId, runId, number, span, sourceTime, ...part });
}

function sendPages(
  context: SyncContext,
  run: ActiveRun,
  ready: ReadyPages,
  after: Transaction | undefined,
): Transaction {
  const { lease, runId, walk } = run;
  const options = { entity: walk.stream.entity, run: { lease, runId }, pages: ready.parts, after: after?.batch };
  const batch = sendBatch(context.db, context.source, ready.batch, options);
  const isDone = Promise.all([batch.stored, after?.isDone]).then(([committed]) =>
    countPages(context, run, ready, committed),
  );
  isDone.catch(() => undefined); // awaited by who sends the next
  return { batch, isDone };
}

async function countPages(
  context: SyncContext,
  { walk, stats }: ActiveRun,
  { pages, parts }: ReadyPages,
  committed: StreamCommitResult,
): Promise<void> {
  for (const page of pages) await context.onStep?.('committed', page);
  stats.counters.pages += pages.length;
  countCommit(context, stats, committed);
  context.onProgress?.(walkProgress(walk, { pages: parts.at(-1)?.number ?? 0, records: stats.counters.records }));
}
