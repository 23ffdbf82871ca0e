import { setImmediate as turn } from 'node:timers/promises';
import { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { shareClock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { WorkPlan } from '../work-plan.ts';
import type { Worker } from '../worker.ts';
import { withContext, type CommandContext } from './context.ts';
import { helpAfter } from './help.ts';
import type { Invocation } from './invocation.ts';

/** Longest time for stopping; pages not stored by then are read again by the next run. */
const GRACE_MS = 9000;

/** Returns the command `worker`: the service, until the signal. */
export const workerCommand = (invocation: Invocation): Command =>
  new Command('worker')
    .description('run the service: walk every stream when it is due, receive webhooks, serve the status page')
    .addHelpText(
      'after',
      '\nSettings: HOST and PORT (where it listens), REDIS_URL (where the queue is), SYNC_SCHEDULE_<STREAM>_<MODE> (when walks are due).\nSIGTERM or Ctrl-C stores the pages being read and exits with 0; a second one ends the process immediately.',
    )
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync worker', 'status page on http://127.0.0.1:3000'],
          ['PORT=8080 npx checkout-sync worker', 'on another port'],
          [
            'SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL="every 5m" npx checkout-sync worker',
            'recent sessions every five minutes',
          ],
        ],
        page: 'docs/operations.md',
      }),
    )
    .action(() => runWorker(invocation));

async function runWorker(invocation: Invocation): Promise<void> {
  const { planWork } = await import('../work-plan.ts');
  const { WORKER } = await import('../database/client.ts');
  const { updateSchema } = await import('../operations/context.ts');
  const { signal } = invocation;
  const check = (config: Config) => {
    const plan = planWork(config);
    const service = loadService();
    service.catch(() => undefined); // thrown where it is awaited, unless the database fails first
    return { plan, service };
  };
  const work = async ({ config, db, log }: CommandContext, { plan, service }: ReturnType<typeof check>) => {
    if (signal.aborted) limitStop(log);
    else signal.addEventListener('abort', () => limitStop(log));
    try {
      shareClock();
      await updateSchema({ config, db });
      const { serveUntil, startWorker } = await service;
      const worker = await startWorker(plan, db, log, signal);
      logStart(worker, plan, log);
      try {
        await serveUntil(worker, signal);
      } finally {
        await worker.close();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    log.info('stopped');
  };
  await withContext(invocation, check, work, { name: WORKER }).catch((error: unknown) => {
    if (error !== signal.reason) throw error; // stopped before it began
  });
}

/**
 * Loads the code of the service while the database is opened and its schema is checked: part by part, because no response is
 * read while a part is loaded.
 */
async function loadService() {
  const parts = [
    () => import('../sync/sync.ts'),
    () => import('../queue/queue.ts'),
    () => import('../admin/server.ts'),
    () => import('../admin/metrics.ts'),
  ];
  for (const load of parts) {
    await turn();
    await load();
  }
  await turn();
  return import('../worker.ts');
}

function logStart(worker: Worker, plan: WorkPlan, log: Logger): void {
  const streams = plan.sources.flatMap((source) => source.streams.map(({ name }) => name));
  log.info({ url: worker.url, queue: worker.backend, streams }, 'the service is running');
  if (streams.length === 0)
    log.warn('no source is turned on: set POLAR_ACCESS_TOKEN, or FYNN_API_KEY and FYNN_API_URL');
}

function limitStop(log: Logger): void {
  log.info('stopping: the pages being read are stored first');
  const deadline = setTimeout(() => {
    log.warn('stopping took too long, exiting: the next run reads again what is not stored');
    process.exit(0);
  }, GRACE_MS);
  deadline.unref();
}
