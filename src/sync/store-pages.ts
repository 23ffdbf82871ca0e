import { createReader } from '../extract/reader.ts';
import { walk, type NumberedPage } from '../extract/walk.ts';
import { commitBatch, type StoredPage } from '../load/commit.ts';
import type { Page } from '../extract/page.ts';
import type { Batch } from '../normalize/batch.ts';
import { addResponse, emptyBatch } from '../normalize/normalize.ts';
import type { ActiveRun } from './active-run.ts';
import type { SyncContext } from './context.ts';
import { walkProgress } from './progress.ts';
import { countCommit, warnOfClock } from './stats.ts';

/** Most pages in one transaction. More would save little, and a kill would lose them. */
const MOST_PAGES = 4;

/** Pages made into rows, which one transaction is to store. */
interface ReadyPages {
  batch: Batch;
  pages: Page[];
  parts: StoredPage[];
}

/**
 * Stores the pages of a run's walk in their order, while the next are fetched and made into rows. Pages that are ready when
 * a transaction ends are stored together by the next one.
 */
export async function storePages(context: SyncContext, run: ActiveRun, signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const writer = createPageWriter(context, run);
  try {
    for await (const numbered of readPages(context, run, AbortSignal.any([signal, failed.signal]))) {
      await writer.hasRoom();
      await run.identity.admit(numbered.page.records, signal);
      await context.onStep?.('fetched', numbered.page);
      writer.add(numbered).catch(() => failed.abort()); // what cannot be stored need not be read; the failure is thrown below
    }
  } finally {
    await writer.isDone();
  }
}

/** Stores pages behind the caller's back. */
interface PageWriter {
  /** Resolves when another page may be added; rejects when one could not be stored. */
  hasRoom: () => Promise<void>;
  /** Makes a page into rows; resolves when all pages are stored that were added until then. */
  add: (page: NumberedPage) => Promise<void>;
  isDone: () => Promise<void>;
}

function createPageWriter(context: SyncContext, run: ActiveRun): PageWriter {
  const none = (): ReadyPages => ({ batch: emptyBatch(context.source), pages: [], parts: [] });
  let waiting = none();
  let [transaction, done] = [Promise.resolve(), Promise.resolve()];
  let isBusy = false;

  async function storeWaiting(): Promise<void> {
    isBusy = true;
    for (; waiting.pages.length > 0; await transaction) {
      transaction = storeReady(context, run, waiting);
      waiting = none();
    }
    isBusy = false;
  }

  return {
    hasRoom: async () => (waiting.pages.length < MOST_PAGES ? undefined : transaction),
    add(page) {
      addPage(run, waiting, page);
      if (!isBusy) done = storeWaiting();
      return done;
    },
    isDone: () => done,
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

async function* readPages(
  context: SyncContext,
  { walk: state }: ActiveRun,
  signal: AbortSignal,
): AsyncGenerator<NumberedPage> {
  const { source, http, log } = context;
  const { stream, spans } = state;
  const first = spans.length + 1;
  for await (const numbered of walk(createReader(http, source, stream, log), state, log, signal)) {
    if (numbered.number === first) warnOfClock(context, numbered.page);
    yield numbered;
  }
}

async function storeReady(
  context: SyncContext,
  { runId, lease, sightings, walk: state, stats }: ActiveRun,
  { batch, pages, parts }: ReadyPages,
): Promise<void> {
  const { db, source, onStep, onProgress } = context;
  await sightings.note(batch.rows);
  const committed = await commitBatch(db, source, batch, {
    entity: state.stream.entity,
    run: { lease, runId },
    pages: parts,
  });
  for (const page of pages) await onStep?.('committed', page);
  stats.counters.pages += pages.length;
  countCommit(context, stats, committed);
  onProgress?.(walkProgress(state, { pages: parts.at(-1)?.number ?? 0, records: stats.counters.records }));
}
