import { setTimeout as pause } from 'node:timers/promises';
import pRetry, { type Options } from 'p-retry';
import { errorCodeOf } from '../model/error-code-of.ts';
import { formatError, MissingScopeError, RetryableError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import type { Source } from '../model/source.ts';
import type { Stream } from '../model/stream.ts';
import { createBodyParser, decodeBody } from './parse-body.ts';
import { excerptOf, errorIn, type HttpResponse } from './response.ts';
import type { Budget } from './budget.ts';
import { openConnection, type ResponseLimits } from './connection.ts';

/** Requests to one source, within its budget, with retries. */
export interface Http {
  /**
   * Sends a GET request, and returns the first accepted response. Throws a FatalError when somebody must act, and a
   * RetryableError when the source did not recover within the retries.
   */
  get(
    path: string,
    accept: (answer: HttpResponse) => boolean,
    signal: AbortSignal,
    retries?: number,
  ): Promise<HttpResponse>;
  /** Returns the number of requests sent, retries included. */
  sent(): number;
  close(): Promise<void>;
}

/** Rethrows the error of a request for a stream's records; a missing scope becomes that of the stream. */
export const rethrowFor =
  ({ permission }: Stream) =>
  (error: unknown): never => {
    throw error instanceof MissingScopeError ? new MissingScopeError(error.message, permission) : error;
  };

/** Retries and limits of a request; times in milliseconds. */
export interface RetryPolicy extends ResponseLimits {
  retries: number;
  /** First and longest pause between two tries, without the jitter. */
  minDelayMs: number;
  maxDelayMs: number;
  /** Number of consecutive 429 responses that are waited out. */
  rateLimitedTries: number;
}

/** Receives the status of each response; undefined when there was none. */
export type ResponseListener = (status: number | undefined) => void;

/** Polar cuts its own queries off after 30 seconds. A page of 100 sessions is a megabyte. */
export const RETRY_POLICY: RetryPolicy = {
  timeoutMs: 35_000,
  answerMs: 60_000,
  mostBytes: 64 * 2 ** 20,
  retries: 6,
  minDelayMs: 500,
  maxDelayMs: 20_000,
  rateLimitedTries: 10,
};

/** Options of a client; see {@link RETRY_POLICY}. */
export interface HttpOptions {
  policy?: RetryPolicy;
  onAnswer?: ResponseListener;
}

/** The keys under which records of a source nest what others may nest as well; what a record owns is its own. */
export const nestedKeys = ({ streams }: Pick<Source, 'streams'>): ReadonlySet<string> =>
  new Set(
    streams.flatMap(({ entity: { relations } }) =>
      Object.keys(relations).filter((key) => relations[key]?.kind !== 'owned'),
    ),
  );

/** Opens a client for a source. It never follows a redirect: the token is sent to the configured host only. */
export function createHttp(
  source: Source,
  budget: Budget,
  log: Logger,
  { policy = RETRY_POLICY, onAnswer = () => undefined }: HttpOptions = {},
): Http {
  const connection = openConnection(source, policy);
  const parseBody = createBodyParser(nestedKeys(source));
  let sent = 0;

  const once = async (path: string, signal: AbortSignal): Promise<HttpResponse> => {
    await budget.take(signal);
    sent += 1;
    let status: number | undefined;
    const {
      body: { bytes, release },
      ...answer
    } = await connection.get(path, (known) => (status = known), signal).finally(() => onAnswer(status));
    log.trace({ path, status, bytes: bytes.length }, 'request');
    const body = parseBody(bytes);
    const excerpt = status === 200 && body !== undefined ? '' : excerptOf(decodeBody(bytes));
    release();
    return { ...answer, body, isEmpty: bytes.length === 0, excerpt };
  };

  const attempt = async (
    path: string,
    accept: (answer: HttpResponse) => boolean,
    signal: AbortSignal,
  ): Promise<HttpResponse> => {
    const answer = await once(path, signal);
    if (accept(answer)) return answer;
    const problem = errorIn(source, answer, path);
    if (problem instanceof RetryableError && problem.rateLimited)
      await budget.pause(problem.retryAfterMs ?? policy.minDelayMs);
    throw problem;
  };

  return {
    get: (path, accept, signal, retries = policy.retries) =>
      pRetry(() => attempt(path, accept, signal), {
        ...retryOptions(policy, path, log, signal),
        retries: Math.min(retries, policy.retries),
      }),
    sent: () => sent,
    close: () => connection.close(),
  };
}

/** Returns when a request is retried, and after which pause. 429s are counted separately. */
function retryOptions(policy: RetryPolicy, path: string, log: Logger, signal: AbortSignal): Options {
  let refused = 0;
  const isRateLimit = (error: Error) =>
    error instanceof RetryableError && error.rateLimited && (refused += 1) <= policy.rateLimitedTries;
  return {
    minTimeout: policy.minDelayMs,
    maxTimeout: policy.maxDelayMs,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => error instanceof RetryableError && !error.repeats,
    shouldConsumeRetry: ({ error }) => !isRateLimit(error),
    onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
      if (!(error instanceof RetryableError)) return;
      log.warn({ path, attempt: attemptNumber, retriesLeft, errorCode: errorCodeOf(error) }, formatError(error));
      if (error.retryAfterMs !== undefined && !error.rateLimited && retriesLeft > 0)
        await pause(error.retryAfterMs, undefined, { signal });
    },
  };
}
