import { EventEmitter } from 'node:events';
import { webhookReceivers } from '../admin/receive-webhook.ts';
import { webhookRoutes } from '../admin/webhooks.ts';
import { parseConfig, type Config } from '../config/config.ts';
import { errorCodeOf } from '../model/error-code-of.ts';
import { ConfigError, formatError } from '../model/errors.ts';
import { chooseStreams } from '../operations/choose.ts';
import { bringUpToDate, type OperationContext } from '../operations/context.ts';
import { chooseRecords, pullRecords } from '../operations/pull-records.ts';
import { askStatus, readStatus } from '../operations/read-status.ts';
import { syncStreams } from '../operations/sync-streams.ts';
import type { CheckoutSync, CreateSyncOptions, SyncEvents } from './api.ts';
import { compareStreams } from './compare-streams.ts';
import { createWork, type Work } from './create-work.ts';
import { chooseReceiver, fetchHandler } from './fetch-webhooks.ts';
import { forwardLog } from './forward-log.ts';
import { createStore } from './open-store.ts';

/** Calls the listeners of an event. */
type Emit = <Name extends keyof SyncEvents>(event: Name, payload: SyncEvents[Name]) => void;

/**
 * Checks the settings and returns what syncs by them. Opens nothing yet. Throws a {@link ConfigError} that names every problem, as
 * the command line does.
 */
export function createSync({ settings, pool, logger }: CreateSyncOptions): CheckoutSync {
  const config = libraryConfig(settings, pool !== undefined);
  const log = forwardLog(config.logLevel, logger);
  const store = createStore(config, pool, log);
  const work = createWork(store.open);
  const emitter = new EventEmitter();
  const emit: Emit = (event, payload) => {
    try {
      emitter.emit(event, payload);
    } catch (error) {
      log.error({ errorCode: errorCodeOf(error) }, `a listener of the event ${event} failed: ${formatError(error)}`);
    }
  };
  const receivers = webhookReceivers(config.sources, {
    db: () => work.run(store.openForWebhooks),
    requestWalk: (ref) => emit('due', ref),
    log,
  });
  const close = () => work.close().then(store.close);
  return {
    ...operationsOf(config, work, emit),
    on: (event, listener) => {
      emitter.on(event, listener);
      return () => void emitter.off(event, listener);
    },
    webhooks: (choice = {}) => fetchHandler(chooseReceiver(receivers, choice)),
    fastify: webhookRoutes(receivers),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Checks the settings. A process that embeds us gets no embedded Postgres: it would be a child of a process that is not ours. */
function libraryConfig(settings: CreateSyncOptions['settings'], hasPool: boolean): Config {
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
    sync: async ({ streams = [], account, mode = 'full', confirmDeletions = false, signal } = {}) => {
      const chosen = chooseStreams(config, streams, account);
      const options = { ...listeners, mode, confirmDeletions, areNamed: streams.length > 0 };
      return run((context, either) => syncStreams(context, chosen, options, either), signal);
    },
    pull: async (stream, ids, { account, signal } = {}) => {
      const chosen = chooseRecords(config, stream, ids, account);
      return run((context, either) => pullRecords(context, chosen, ids, either), signal);
    },
    verify: async (options = {}) => {
      const chosen = chooseStreams(config, options.streams ?? [], options.account);
      return run((context, either) => compareStreams(context, chosen, options, either), options.signal);
    },
    status: async (options = {}) => {
      const question = askStatus(config, options);
      return run((context) => readStatus(context, question));
    },
  };
}
