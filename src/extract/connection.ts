import type { Readable } from 'node:stream';
import { Agent, Pool, ProxyAgent, type Dispatcher } from 'undici';
import { RetryableError } from '../model/errors.ts';
import { timestampMicros } from '../model/clock.ts';
import type { Source } from '../model/source.ts';
import { ACCEPTED, readBody } from './body.ts';
import { connectionProblem } from './connection-error.ts';

/** One answer as it came: its text, decoded. */
export interface Received {
  status: number;
  header: (name: string) => string | undefined;
  text: string;
  /** When the request was sent and when the first byte of the answer arrived, as ISO instants with microseconds. */
  sentAt: string;
  observedAt: string;
}

/** How long one answer may take, in ms, and how large it may be. */
export interface Limits {
  /** Longest wait for the first byte, and between two parts of the body. */
  timeoutMs: number;
  /** Longest time from the request to the end of the answer. */
  answerMs: number;
  /** Most bytes of a body, over the wire and decoded. */
  mostBytes: number;
}

/** Sockets to one source. */
export interface Connection {
  /** Sends one request; calls back with the status as soon as it is known. Throws a RetryableError for an answer that did not come, or not whole, and a FatalError where no try would bring it. */
  get(path: string, onStatus: (status: number) => void, signal: AbortSignal): Promise<Received>;
  close(): Promise<void>;
}

/** Opens a connection to a source's address, and to no other. An answer that is given up closes its socket. */
export function openConnection(source: Source, limits: Limits): Connection {
  const { origin, pathname } = new URL(source.url);
  const base = pathname.replace(/\/$/, '');
  const headers = { ...source.headers, 'accept-encoding': ACCEPTED };
  const timeouts = { headersTimeout: limits.timeoutMs, bodyTimeout: limits.timeoutMs };
  const dispatcher = dispatcherOf(source, { ...timeouts, connectTimeout: limits.timeoutMs });

  async function exchange(path: string, onStatus: (status: number) => void, signal: AbortSignal): Promise<Received> {
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
    const text = await textOf(response.body, header('content-encoding') ?? '', status);
    return { status, header, text, sentAt, observedAt };
  }

  /** A source that is overloaded or broken says so by the status, whatever becomes of the body. */
  async function textOf(body: Readable, encoding: string, status: number): Promise<string> {
    const text = readBody(body, encoding, limits.mostBytes);
    return status === 429 || status >= 500 ? text.catch(() => '') : text;
  }

  return {
    async get(path, onStatus, signal) {
      const late = AbortSignal.timeout(limits.answerMs);
      try {
        return await exchange(path, onStatus, AbortSignal.any([signal, late]));
      } catch (error) {
        signal.throwIfAborted();
        throw late.aborted ? tooSlow(path, limits.answerMs) : connectionProblem(source, path, error);
      }
    },
    close: () => dispatcher.close(),
  };
}

const tooSlow = (path: string, ms: number) =>
  new RetryableError(`the answer to GET ${path} was not complete after ${ms / 1000} seconds`);

/** Tunnels to a proxy are asked for in the same time as answers. */
function dispatcherOf({ proxy }: Source, timeouts: Pool.Options): Dispatcher {
  if (!proxy) return new Agent(timeouts);
  const clientFactory = (origin: URL, options: object) => new Pool(origin, { ...timeouts, ...options });
  return new ProxyAgent({ uri: proxy.url, clientFactory, ...timeouts });
}
