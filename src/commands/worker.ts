import { once } from 'node:events';
import { shareClock } from '../model/clock.ts';
import { WORKER } from '../database/client.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrate.ts';
import type { Logger } from '../model/log.ts';
import { planWork, startWorker, type WorkPlan } from '../worker.ts';
import { withContext } from './context.ts';

/** How long stopping may take: what is not stored by then is read again by the next run. */
const GRACE_MS = 9000;

/** The command `worker`: the service, until the signal. */
export function workerCommand(signal: AbortSignal): Promise<void> {
  return withContext(
    planWork,
    async ({ db, log }, plan) => {
      if (signal.aborted) limitStop(log);
      else signal.addEventListener('abort', () => limitStop(log));
      try {
        shareClock();
        await migrate(db);
        await serve(plan, db, log, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      log.info('stopped');
    },
    { name: WORKER, signal },
  ).catch((error: unknown) => {
    if (error !== signal.reason) throw error; // stopped before it began
  });
}

async function serve(plan: WorkPlan, db: Database, log: Logger, signal: AbortSignal): Promise<void> {
  const worker = await startWorker(plan, db, log, signal);
  const streams = plan.sources.flatMap((source) => source.streams.map(({ name }) => name));
  log.info({ url: worker.url, queue: worker.backend, streams }, 'the service runs');
  if (streams.length === 0)
    log.warn('no source is turned on: set POLAR_ACCESS_TOKEN, or FYNN_API_KEY and FYNN_API_URL');
  if (!signal.aborted) await once(signal, 'abort');
  await worker.close();
}

function limitStop(log: Logger): void {
  log.info('stopping: the pages in hand are finished');
  const deadline = setTimeout(() => {
    log.warn('stopping takes too long: what is not stored is read again by the next run');
    process.exit(0);
  }, GRACE_MS);
  deadline.unref();
}
