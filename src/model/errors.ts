import { scrub } from './secrets.ts';

/** Wrong usage or configuration: the command ends with exit code 2 and this message, which names the setting and what it should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The work cannot continue until somebody acts (token, scope, API version, source host): never retried, exit code 1. */
export class FatalError extends Error {
  override readonly name: string = 'FatalError';
}

/** Postgres refuses what is written for a reason that does not lie in a record: a trigger, column or constraint of somebody else's. */
export class RefusedError extends FatalError {
  override readonly name: string = 'RefusedError';
}

/** The source shows nothing of whom the settings name: the walk is given up, and somebody must act. Exit code 1. */
export class NothingShownError extends FatalError {}

/** A credential or an address shows what is another account's: nothing is stored, and somebody must act. Exit code 1. */
export class ForeignIdentityError extends FatalError {}

/** The list cannot be read completely from where the walk stands: it is given up, and the next run starts a new one. Exit code 1. */
export class UnreadableListError extends Error {
  override readonly name = 'UnreadableListError';
}

/** A walk went around records that the source fails to list: all others are stored, nothing was taken for deleted, and the next walk starts from the beginning. Exit code 1. */
export class UnreadableRecordsError extends FatalError {
  readonly count: number;

  constructor(message: string, count: number) {
    super(message);
    this.count = count;
  }
}

/** The source did not answer properly this time: worth another try after `retryAfterMs`, or after a backoff when that is undefined. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  readonly rateLimited: boolean;
  readonly retryAfterMs: number | undefined;
  /** Whether the very same request would be answered so again; a later or a smaller one may not. */
  readonly repeats: boolean;

  constructor(
    message: string,
    options: { cause?: unknown; rateLimited?: boolean; retryAfterMs?: number; repeats?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.repeats = options.repeats ?? false;
    this.rateLimited = options.rateLimited ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** An answer to a request by id that carries another record: nothing of it is stored, and it proves nothing. Tried again. */
export class WrongRecordError extends RetryableError {
  readonly asked: string;
  readonly received: string;

  constructor(path: string, asked: string, received: string) {
    super(`the answer to GET ${path} is record ${received.slice(0, 100)}, not ${asked}: nothing of it was stored`);
    this.asked = asked;
    this.received = received;
  }
}

/** A row belongs to another account, which stored it first: nothing of the record that would change it is stored. */
export class ForeignRowError extends Error {
  override readonly name = 'ForeignRowError';

  constructor(table: string, account: string) {
    super(`its row in ${table} belongs to the account ${account}, which stored it first`);
  }
}

/** Another process took this stream's lease: what this process still holds must not be committed. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** Another process walks the stream, in this mode. */
export class LeaseHeldError extends Error {
  override readonly name = 'LeaseHeldError';
  readonly mode: string | null;

  constructor(message: string, mode: string | null) {
    super(message);
    this.mode = mode;
  }
}

/** One line for a human: the message, and the cause's where that adds something; configured secrets are left out. */
export const formatError = (error: unknown): string => scrub(messageOf(error)).replaceAll(/\s+/g, ' ');

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = error instanceof AggregateError ? error.errors.map(messageOf) : [];
  const own = error.message || parts.join('; ') || error.name;
  const cause = error.cause instanceof Error ? messageOf(error.cause) : '';
  return cause && !own.includes(cause) ? `${own} (${cause})` : own;
}
