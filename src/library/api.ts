import type { FastifyPluginAsync } from 'fastify';
import type { Pool } from 'pg';
import type { LeftOut } from '../operations/left-out.ts';
import type { PulledRecord } from '../operations/pull-records.ts';
import type { Status, StatusOptions } from '../operations/read-status.ts';
import type { Synced } from '../operations/sync-streams.ts';
import type { Mode, StreamRef } from '../model/stream.ts';
import type { Progress } from '../sync/progress.ts';
import type { Run } from '../sync/sync.ts';
import type { Mismatch, VerifyResult } from '../sync/verification.ts';
import type { LogMethods } from './forward-log.ts';

/** Options of {@link createSync}. */
export interface CreateSyncOptions {
  /** The settings of the README by name, such as `POLAR_ACCESS_TOKEN`. The environment of the process is not read. */
  settings: Readonly<Record<string, string | undefined>>;
  /** A pool of the application, which is used and never closed; unless given, the database at `DATABASE_URL`. */
  pool?: Pool;
  /** Receives the log, such as a pino logger or `console`; unless given, there is none. */
  logger?: LogMethods;
}

/** Streams to work on. */
export interface StreamChoice {
  /** Streams such as `polar.checkouts`; all that are turned on unless given. */
  streams?: readonly string[];
  /** Only this account; all unless given. */
  account?: string;
  /** Ends the work after the current page; the next call continues there. */
  signal?: AbortSignal;
}

/** Options of a sync. */
export interface WalkOptions extends StreamChoice {
  /** `full` (the default) reads every page and finds deletions; `incremental` reads what can have changed. */
  mode?: Mode;
  /** True to mark records as deleted after one walk even if many are missing. */
  confirmDeletions?: boolean;
}

/** Options of a pull. */
export type PullOptions = Omit<StreamChoice, 'streams'>;

/** Options of comparing tables with the source. */
export interface CompareOptions extends StreamChoice {
  /** Number of stored records to compare, chosen at random; all unless given. */
  sample?: number;
  /** Called with each difference as it is found. */
  onDifference?: (difference: StreamDifference) => void;
}

/** A difference, and its stream. */
export interface StreamDifference extends StreamRef, Mismatch {}

/** Result of a verification. */
export interface Comparison {
  /** True if every stream was read to its end, and nothing differs. */
  isEqual: boolean;
  streams: VerifyResult[];
  leftOut: LeftOut[];
}

/** Payloads of events by name. */
export interface SyncEvents {
  /** A page was stored. */
  page: Progress;
  /** A run of a stream has ended. */
  run: Run;
  /** A webhook reports that a stream changed, but not how: sync it soon. */
  due: StreamRef;
}

/** The account whose webhooks a handler receives. */
export interface WebhookChoice {
  /** Such as `polar`; optional if only one account has a webhook secret. */
  source?: string;
  /** The account; the one without a name unless given. */
  account?: string;
}

/** Streams of a billing provider in a database. Nothing is opened before the first call that needs it. */
export interface CheckoutSync extends AsyncDisposable {
  /** Brings the schema up to date; `sync`, `pull` and webhooks do that themselves. */
  migrate: () => Promise<{ applied: number }>;
  /** Walks each stream once. A failed run is a result, not an exception. */
  sync: (options?: WalkOptions) => Promise<Synced>;
  /** Fetches single records by id and stores them. */
  pull: (stream: string, ids: readonly string[], options?: PullOptions) => Promise<PulledRecord[]>;
  /** Compares the tables with the source, row by row and column by column; writes nothing. */
  verify: (options?: CompareOptions) => Promise<Comparison>;
  /** Reads the state of each stream from the database alone. */
  status: (options?: StatusOptions) => Promise<Status>;
  /** Calls the listener with each event, until the returned function is called. */
  on: <Name extends keyof SyncEvents>(event: Name, listener: (event: SyncEvents[Name]) => void) => () => void;
  /**
   * Returns a handler that verifies and stores the webhooks of one account. Throws a ConfigError for an account without
   * a secret.
   */
  webhooks: (choice?: WebhookChoice) => (request: Request) => Promise<Response>;
  /** A plugin for Fastify, which adds `POST /webhooks/<source>` for each account with a secret, as the service does. */
  fastify: FastifyPluginAsync;
  /** Ends the current work after its page, and closes everything that was opened. The application's pool stays open. */
  close: () => Promise<void>;
}
