import { createReader } from '../extract/reader.ts';
import { walk, type NumberedPage } from '../extract/walk.ts';
import { commitBatch } from '../load/commit.ts';
import type { Batch } from '../normalize/batch.ts';
import { normalizeResponse } from '../normalize/normalize.ts';
import type { ActiveRun } from './active-run.ts';
import type { SyncContext } from './context.ts';
import { walkProgress } from './progress.ts';
import { countCommit, warnOfClock } from './stats.ts';

/** Stores the pages of a run's walk in their order, each while the next is fetched and made into rows. */
export async function storePages(context: SyncContext, run: ActiveRun, signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  let storing = Promise.resolve();
  try {
    for await (const ready of readPages(context, run, AbortSignal.any([signal, failed.signal]))) {
      await storing;
      await run.identity.admit(ready.page.records, signal);
      await context.onStep?.('fetched', ready.page);
      storing = storePage(context, run, ready);
      storing.catch(() => failed.abort()); // what cannot be stored need not be read; the failure is thrown below
    }
  } finally {
    await storing;
  }
}

/** A page made into rows. */
interface ReadyPage extends NumberedPage {
  batch: Batch;
}

async function* readPages(
  context: SyncContext,
  { walk: state }: ActiveRun,
  signal: AbortSignal,
): AsyncGenerator<ReadyPage> {
  const { source, http, log } = context;
  const { stream, spans } = state;
  const first = spans.length + 1;
  for await (const { page, number } of walk(createReader(http, source, stream, log), state, log, signal)) {
    if (number === first) warnOfClock(context, page);
    yield { page, number, batch: normalizeResponse(source, stream.entity, page) };
  }
}

async function storePage(
  context: SyncContext,
  { checkpoint, runId, lease, sightings, walk: state, stats }: ActiveRun,
  { page, number, batch }: ReadyPage,
): Promise<void> {
  const { db, source, onStep, onProgress } = context;
  const { span, sourceTime } = page;
  const { stream } = state;
  const seen = { walkId: checkpoint.walkId, runId, number, span, sourceTime };
  await sightings.note(batch.rows);
  const committed = await commitBatch(db, source, batch, { entity: stream.entity, run: { lease, runId }, page: seen });
  await onStep?.('committed', page);
  stats.counters.pages += 1;
  countCommit(context, stats, committed);
  onProgress?.(walkProgress(state, { pages: number, records: stats.counters.records }));
}
