import { setTimeout as pause } from 'node:timers/promises';
import pRetry from 'p-retry';
import { Agent } from 'undici';
import { RetryableError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Source } from '../stream.ts';
import { parseJson } from '../json.ts';
import { observe } from '../instant.ts';
import { parseScrubbed } from '../secrets.ts';
import { excerptOf, problemOf, type Answer } from './answer.ts';
import type { Budget } from './budget.ts';

/** Requests to one source, inside its budget, tried again when that can help. */
export interface Http {
  /**
   * GETs a path and gives the first answer that is accepted. Throws a FatalError when somebody must act, and a
   * RetryableError when the source did not recover in time.
   */
  get(path: string, accept: (answer: Answer) => boolean, signal: AbortSignal): Promise<Answer>;
  /** How many requests were sent, those tried again included. */
  sent(): number;
  close(): Promise<void>;
}

/** How patient requests are; all in milliseconds. */
export interface Patience {
  /** Longest wait for the first byte, and between two parts of the body. */
  timeoutMs: number;
  retries: number;
  /** First and longest pause between two tries; jitter is added. */
  minDelayMs: number;
  maxDelayMs: number;
  /** How many 429 answers in a row are waited out. */
  rateLimitedTries: number;
}

/** Called with the status of each answer; undefined when none came. */
export type AnswerListener = (status: number | undefined) => void;

/** Polar cuts its own queries off after 30 seconds. */
export const PATIENCE: Patience = {
  timeoutMs: 35_000,
  retries: 6,
  minDelayMs: 500,
  maxDelayMs: 20_000,
  rateLimitedTries: 10,
};

/** Opens a client for a source. It never follows a redirect: the token is sent to the configured host only. */
export function createHttp(
  source: Source,
  budget: Budget,
  log: Logger,
  patience: Patience = PATIENCE,
  onAnswer: AnswerListener = () => undefined,
): Http {
  const agent = new Agent({
    headersTimeout: patience.timeoutMs,
    bodyTimeout: patience.timeoutMs,
    connectTimeout: patience.timeoutMs,
  });
  const origin = new URL(source.url);
  const base = origin.pathname.replace(/\/$/, '');
  let sent = 0;

  const once = async (path: string, signal: AbortSignal): Promise<Answer> => {
    await budget.take(signal);
    sent += 1;
    const sentAt = observe();
    const response = await agent
      .request({ origin: origin.origin, path: base + path, method: 'GET', headers: source.headers, signal })
      .catch((error: unknown) => {
        onAnswer(undefined);
        return unreachable(error, path, signal);
      });
    const observedAt = observe();
    onAnswer(response.statusCode);
    const text = await response.body.text().catch((error: unknown) => unreachable(error, path, signal));
    const header = (name: string) => [response.headers[name] ?? []].flat()[0];
    log.trace({ path, status: response.statusCode, bytes: text.length }, 'request');
    const [status, body] = [response.statusCode, parseBody(text)];
    const excerpt = status === 200 && body !== undefined ? '' : excerptOf(text);
    return { status, header, body, excerpt, sentAt, observedAt };
  };

  const attempt = async (path: string, accept: (answer: Answer) => boolean, signal: AbortSignal): Promise<Answer> => {
    const answer = await once(path, signal);
    if (accept(answer)) return answer;
    const problem = problemOf(source, answer, path);
    if (problem instanceof RetryableError && problem.rateLimited)
      await budget.pause(problem.retryAfterMs ?? patience.minDelayMs);
    throw problem;
  };

  return {
    async get(path, accept, signal) {
      let refused = 0;
      const isRateLimit = (error: Error) =>
        error instanceof RetryableError && error.rateLimited && (refused += 1) <= patience.rateLimitedTries;
      return pRetry(() => attempt(path, accept, signal), {
        retries: patience.retries,
        minTimeout: patience.minDelayMs,
        maxTimeout: patience.maxDelayMs,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => error instanceof RetryableError,
        shouldConsumeRetry: ({ error }) => !isRateLimit(error),
        onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
          if (!(error instanceof RetryableError)) return;
          log.warn({ path, attempt: attemptNumber, retriesLeft }, error.message);
          if (error.retryAfterMs !== undefined && !error.rateLimited && retriesLeft > 0)
            await pause(error.retryAfterMs, undefined, { signal });
        },
      });
    },
    sent: () => sent,
    close: () => agent.close(),
  };
}

function unreachable(error: unknown, path: string, signal: AbortSignal): never {
  signal.throwIfAborted();
  throw new RetryableError(`no answer to GET ${path}`, { cause: error });
}

/** A body that is not JSON is undefined; whether that matters depends on the status. */
function parseBody(text: string): unknown {
  try {
    return parseScrubbed(text, parseJson);
  } catch {
    return undefined;
  }
}
