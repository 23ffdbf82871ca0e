import type { Readable } from 'node:stream';
import type { Dispatcher, Pool } from 'undici';
import { RetryableError } from '../model/errors.ts';
import { timestampMicros } from '../model/clock.ts';
import type { Proxy, Source } from '../model/source.ts';
import { ACCEPTED, createBodyReader, type Body } from './body.ts';
import { connectionProblem } from './connection-error.ts';
import { loadDispatchers } from './undici.ts';

/** One response as received, its encodings undone. */
export interface RawResponse {
  status: number;
  header: (name: string) => string | undefined;
  /** Body of the response, to be released by its reader. */
  body: Body;
  /** Instants at which the request was sent and the first byte of the response arrived, in ISO form with microseconds. */
  sentAt: string;
  observedAt: string;
}

/** Limits of one response: times in ms, and its size. */
export interface ResponseLimits {
  /** Longest wait for the first byte, and between two parts of the body. */
  timeoutMs: number;
  /** Longest time from the request to the end of the response. */
  answerMs: number;
  /** Most bytes of a body, both as received and decoded. */
  mostBytes: number;
}

/** Sockets to one source. */
export interface Connection {
  /** Sends one request. Calls `onStatus` as soon as the status is known. Throws a RetryableError for a response that did not arrive completely, and a FatalError where a retry cannot help. */
  get(path: string, onStatus: (status: number) => void, signal: AbortSignal): Promise<RawResponse>;
  close(): Promise<void>;
}

/** Opens a connection to a source's address, and to no other. An abandoned response closes its socket. */
export function openConnection(source: Source, limits: ResponseLimits): Connection {
  const { origin, pathname } = new URL(source.url);
  const base = pathname.replace(/\/$/, '');
  const headers = { ...source.headers, 'accept-encoding': ACCEPTED };
  const timeouts = { headersTimeout: limits.timeoutMs, bodyTimeout: limits.timeoutMs };
  const readBody = createBodyReader(limits.mostBytes);
  let opening: Promise<Dispatcher> | undefined;
  const open = () => openDispatcher(source.proxy, { ...timeouts, connectTimeout: limits.timeoutMs });

  async function exchange(path: string, onStatus: (status: number) => void, signal: AbortSignal): Promise<RawResponse> {
    const dispatcher = await (opening ??= open());
    const sentAt = timestampMicros();
    const response = await dispatcher.request({
      origin,
      path: base + path,
      method: 'GET',
      headers,
      signal,
      ...timeouts,
    });
    const observedAt = timestampMicros();
    const status = response.statusCode;
    onStatus(status);
    const header = (name: string) => [response.headers[name] ?? []].flat().join(', ') || undefined;
    const body = await bodyOf(response.body, header('content-encoding') ?? '', status);
    return { status, header, body, sentAt, observedAt };
  }

  /** Reads the body. A source that is overloaded or broken says so by the status, so a broken body does not matter then. */
  async function bodyOf(body: Readable, encoding: string, status: number): Promise<Body> {
    const read = readBody(body, encoding);
    return status === 429 || status >= 500 ? read.catch(() => NO_BODY) : read;
  }

  return {
    get: (path, onStatus, signal) =>
      withTimeout(limits.answerMs, async (late) => {
        try {
          return await exchange(path, onStatus, AbortSignal.any([signal, late]));
        } catch (error) {
          signal.throwIfAborted();
          throw late.aborted ? tooSlow(path, limits.answerMs) : connectionProblem(source, path, error);
        }
      }),
    async close() {
      const dispatcher = await opening;
      await dispatcher?.close();
    },
  };
}

/** Aborts the signal of the work after this time. The timer ends with the work: one of `AbortSignal.timeout` would outlive it. */
async function withTimeout<T>(ms: number, work: (late: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ms);
  try {
    return await work(late.signal);
  } finally {
    clearTimeout(timer);
  }
}

const NO_BODY: Body = { bytes: Buffer.alloc(0), release: () => undefined };

const tooSlow = (path: string, ms: number) =>
  new RetryableError('CS4101', `the response to GET ${path} was not complete after ${ms / 1000} seconds`);

/**
 * Opens sockets with these timeouts, through a proxy where there is one: the tunnel must open within them as well. Loads undici,
 * which a process without a request does without.
 */
export async function openDispatcher(proxy: Proxy | undefined, timeouts: Pool.Options): Promise<Dispatcher> {
  const { Agent, Pool, ProxyAgent } = loadDispatchers();
  if (!proxy) return new Agent(timeouts);
  const clientFactory = (origin: URL, options: object) => new Pool(origin, { ...timeouts, ...options });
  return new ProxyAgent({ uri: proxy.url, clientFactory, ...timeouts });
}
