import type { FailureCode, UsageCode } from './error-codes.ts';
import { scrub } from './secrets.ts';

/** A problem with usage or settings, in one line. */
export interface UsageProblem {
  code: UsageCode;
  message: string;
}

/**
 * Wrong usage or configuration. The command ends with exit code 2 and one line per problem, which names the setting and
 * its valid values.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** The code of the first problem. */
  readonly code: UsageCode;
  readonly problems: readonly UsageProblem[];

  constructor(code: UsageCode, message: string, others: readonly UsageProblem[] = []) {
    const problems = [{ code, message }, ...others];
    super(problems.map((problem) => problem.message).join('\n'));
    this.code = code;
    this.problems = problems;
  }
}

/** Throws one ConfigError with all problems, if there are any. */
export function throwProblems([first, ...others]: readonly UsageProblem[]): void {
  if (first) throw new ConfigError(first.code, first.message, others);
}

/** Returns true for an error of Postgres, Node.js or a library with this code. */
export const hasCode = (error: unknown, code: string | number): error is Error =>
  error instanceof Error && 'code' in error && error.code === code;

/**
 * The work cannot continue until somebody acts (token, scope, API version, source host): never retried, exit code 1.
 */
export class FatalError extends Error {
  override readonly name: string = 'FatalError';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}

/** The credential lacks a permission: the API itself reported it. Exit code 1. */
export class MissingScopeError extends FatalError {
  /**
   * The permission that the refused request needs, in the source's words; undefined until it is known which stream was
   * requested.
   */
  readonly scope: string | undefined;

  constructor(message: string, scope?: string) {
    super('CS4202', message);
    this.scope = scope;
  }
}

/** Postgres refuses a write for a reason outside the records: a user's trigger, column or constraint. */
export class RefusedError extends FatalError {
  override readonly name: string = 'RefusedError';
}

/** The source shows no records of the configured owner: the walk is abandoned, and somebody must act. Exit code 1. */
export class NothingShownError extends FatalError {
  constructor(message: string) {
    super('CS4205', message);
  }
}

/**
 * A credential or an address shows another account's records: nothing is stored, and somebody must act. Exit code 1.
 */
export class ForeignIdentityError extends FatalError {
  constructor(message: string) {
    super('CS4206', message);
  }
}

/** The walk cannot read the list completely: it is abandoned, and the next run starts a new one. Exit code 1. */
export class UnreadableListError extends Error {
  override readonly name = 'UnreadableListError';
  readonly code = 'CS4301';
}

/**
 * A walk skipped records that the source fails to list: all others are stored, nothing was mistaken for deleted, and
 * the next walk starts from the beginning. Exit code 1.
 */
export class UnreadableRecordsError extends FatalError {
  readonly count: number;

  constructor(message: string, count: number) {
    super('CS4302', message);
    this.count = count;
  }
}

/**
 * The source did not respond properly this time. A retry may succeed after `retryAfterMs`, or after a backoff if that
 * is undefined.
 */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  readonly code: FailureCode;
  readonly rateLimited: boolean;
  readonly retryAfterMs: number | undefined;
  /** True if the same request would fail again; a later or a smaller one may succeed. */
  readonly repeats: boolean;

  constructor(
    code: FailureCode,
    message: string,
    options: { cause?: unknown; rateLimited?: boolean; retryAfterMs?: number; repeats?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.repeats = options.repeats ?? false;
    this.rateLimited = options.rateLimited ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The response to a request by id has another record: nothing of it is stored, and it proves nothing. Retried. */
export class WrongRecordError extends RetryableError {
  readonly asked: string;
  readonly received: string;

  constructor(path: string, asked: string, received: string) {
    super(
      'CS4109',
      `the response to GET ${path} is record ${received.slice(0, 100)}, not ${asked}: nothing of it was stored`,
    );
    this.asked = asked;
    this.received = received;
  }
}

/** A row belongs to another account, which stored it first: nothing of the record that would change it is stored. */
export class ForeignRowError extends Error {
  override readonly name = 'ForeignRowError';
  readonly code = 'CS5105';

  constructor(table: string, account: string) {
    super(`its row in ${table} belongs to the account ${account}, which stored it first`);
  }
}

/** The service or the library is closed: the work ends after its page, and the next run continues there. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';
  readonly code = 'CS5103';
}

/** Another process took this stream's lease: this process must not commit any more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  readonly code = 'CS5102';
}

/** Somebody was forgotten after records were prepared: they are masked again before they are stored. */
export class StaleMasksError extends Error {
  override readonly name = 'StaleMasksError';
  readonly code = 'CS5106';

  constructor() {
    super('somebody was forgotten meanwhile');
  }
}

/** Another process walks the stream, in this mode. */
export class LeaseHeldError extends Error {
  override readonly name = 'LeaseHeldError';
  readonly code = 'CS5101';
  readonly mode: string | null;

  constructor(message: string, mode: string | null) {
    super(message);
    this.mode = mode;
  }
}

/** Returns one line for people: the message, and that of the cause if it adds something, without configured secrets. */
export const formatError = (error: unknown): string => scrub(messageOf(error)).replaceAll(/\s+/g, ' ');

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = error instanceof AggregateError ? error.errors.map(messageOf) : [];
  const own = error.message || parts.join('; ') || error.name;
  const cause = error.cause instanceof Error ? messageOf(error.cause) : '';
  return cause && !own.includes(cause) ? `${own} (${cause})` : own;
}
