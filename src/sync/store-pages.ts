import { createReader } from '../extract/reader.ts';
import { walk, type NumberedPage } from '../extract/walk.ts';
import type { ActiveRun } from './active-run.ts';
import type { SyncContext } from './context.ts';
import { createPageWriter } from './page-writer.ts';
import { warnOfClock } from './stats.ts';

/**
 * Stores the pages of a run's walk in their order, while the next are fetched and made into rows. Pages that are ready when
 * a transaction is sent are stored together.
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
