import type { Walked } from './deletions.ts';
import type { SyncContext } from './context.ts';
import { createReader } from '../extract/reader.ts';
import type { Page } from '../extract/page.ts';
import type { Span } from '../extract/span.ts';
import { expectedPages, walk, type Walk } from '../extract/walk.ts';
import { commitBatch, rowsOf } from '../load/commit.ts';
import type { Begun } from '../ledger/runs.ts';
import type { Batch } from '../normalize/batch.ts';
import { count, warnOfClock, type RunStats } from './stats.ts';

/** A run under way, with the right to it. */
export type UnderLease = Begun<Span> & Walked;

/** Stores the pages of a walk in their order, each while the next is made into rows. */
export async function storePages(
  context: SyncContext,
  plan: Walk,
  under: UnderLease,
  stats: RunStats,
  signal: AbortSignal,
): Promise<void> {
  const { source, http, log, onStep } = context;
  const { stream } = plan;
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  let storing = Promise.resolve();
  let isFirst = true;
  try {
    for await (const { page, number } of walk(createReader(http, source, stream, log), plan, log, either)) {
      if (isFirst) warnOfClock(context, page);
      isFirst = false;
      const batch = rowsOf(source, stream.entity, page);
      await storing;
      await under.identity.admit(page.records, signal);
      await onStep?.('fetched', page);
      storing = storePage(context, plan, under, stats, { page, batch, number });
      storing.catch(() => failed.abort()); // what cannot be stored need not be read; the failure is thrown below
    }
  } finally {
    await storing;
  }
}

/** A page made into rows, with its place in the walk. */
interface ReadPage {
  page: Page;
  batch: Batch;
  number: number;
}

async function storePage(
  context: SyncContext,
  plan: Walk,
  { checkpoint, runId, lease, sightings }: UnderLease,
  stats: RunStats,
  { page, batch, number }: ReadPage,
): Promise<void> {
  const { db, source, onStep, onProgress } = context;
  const { span, sourceTime } = page;
  const { stream, mode } = plan;
  const walked = { lease, page: { walkId: checkpoint.walkId, runId, number, span, sourceTime } };
  await sightings.note(batch.rows);
  const committed = await commitBatch(db, source, stream.entity, batch, walked);
  await onStep?.('committed', page);
  stats.counters.pages += 1;
  count(context, stats, committed);
  onProgress?.({
    stream: stream.name,
    mode,
    pages: number,
    expectedPages: expectedPages(plan),
    records: stats.counters.records,
    phase: 'walk',
  });
}
