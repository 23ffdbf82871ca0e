import { webhookReceivers } from '../admin/receive-webhook.ts';
import { webhookRoutes } from '../admin/webhooks.ts';
import { parseConfig, type Config } from '../config/config.ts';
import { ConfigError } from '../model/errors.ts';
import { chooseStreams } from '../operations/choose.ts';
import { bringUpToDate, type OperationContext } from '../operations/context.ts';
import { chooseRecords, pullRecords } from '../operations/pull-records.ts';
import { askStatus, readStatus } from '../operations/read-status.ts';
import { syncStreams } from '../operations/sync-streams.ts';
import type { CheckoutSync, CreateSyncOptions } from './api.ts';
import { requireCreateOptions, requireOptions, requireTexts } from './check-options.ts';
import { compareStreams } from './compare-streams.ts';
import { createWork, type Work } from './create-work.ts';
import { chooseReceiver, fetchHandler } from './fetch-webhooks.ts';
import { forwardLog } from './forward-log.ts';
import { eventListeners, type Emit } from './listeners.ts';
import { createStore } from './open-store.ts';

/**
 * Checks the settings and returns an object that syncs with them. Opens nothing yet. Throws a {@link ConfigError} that
 * names every problem, as the command line does.
 */
export function createSync(options: CreateSyncOptions): CheckoutSync {
  requireCreateOptions(options);
  const { settings, pool, logger } = options;
  const config = libraryConfig(settings, pool !== undefined);
  const log = forwardLog(config.logLevel, logger);
  const store = createStore(config, pool, log);
  const work = createWork(store.open);
  const { on, emit } = eventListeners(log);
  const receivers = webhookReceivers(config.sources, {
    db: () => work.run(store.openForWebhooks),
    requestWalk: (ref) => emit('due', ref),
    log,
  });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= work.close().then(store.close));
  return {
    ...operationsOf(config, work, emit),
    on,
    webhooks: (choice = {}) => fetchHandler(chooseReceiver(receivers, choice)),
    fastify: webhookRoutes(receivers),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Checks the settings. A process that embeds us gets no embedded Postgres, which would be a child of a process that is
 * not ours.
 */
function libraryConfig(settings: CreateSyncOptions['settings'], hasPool: boolean): Config {
  requireTexts(settings);
  const config = parseConfig(settings);
  if (hasPool || config.databaseUrl !== undefined) return config;
  throw new ConfigError('CS1202', 'DATABASE_URL must be set in the settings of createSync, unless it is given a pool');
}

type Operations = Pick<CheckoutSync, 'migrate' | 'sync' | 'pull' | 'verify' | 'status'>;

function operationsOf(config: Config, { run }: Work<OperationContext>, emit: Emit): Operations {
  const listeners: Required<Pick<Parameters<typeof syncStreams>[2], 'onProgress' | 'onRun'>> = {
    onProgress: (progress) => emit('page', progress),
    onRun: (ended) => emit('run', ended),
  };
  return {
    migrate: () => run(bringUpToDate),
    sync: async (options = {}) => {
      requireOptions(options);
      const { streams = [], account, mode = 'full', confirmDeletions = false, signal } = options;
      const chosen = chooseStreams(config, streams, account);
      const walk = { ...listeners, mode, confirmDeletions, areNamed: streams.length > 0 };
      return run((context, either) => syncStreams(context, chosen, walk, either), signal);
    },
    pull: async (stream, ids, options = {}) => {
      requireOptions({ ...options, streams: [stream] });
      const { account, signal } = options;
      const chosen = chooseRecords(config, stream, ids, account);
      return run((context, either) => pullRecords(context, chosen, ids, either), signal);
    },
    verify: async (options = {}) => {
      requireOptions(options);
      const chosen = chooseStreams(config, options.streams ?? [], options.account);
      return run((context, either) => compareStreams(context, chosen, options, either), options.signal);
    },
    status: async (options = {}) => {
      requireOptions(options);
      const question = askStatus(config, options);
      return run((context) => readStatus(context, question));
    },
  };
}
