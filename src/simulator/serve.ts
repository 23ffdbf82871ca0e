import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError, formatError } from '../model/errors.ts';
import type { Api, ApiResponse, ApiRequest } from './api.ts';
import { encoded, type Encoding } from './encoding.ts';
import { faultOf, send, spoil, type Fault } from './faults.ts';
import { log, type RequestEntry } from './request-log.ts';

/** Runs before a request is answered; may edit the state, and may return a fault. */
export type Interceptor = (
  request: RequestEntry,
  index: number,
) => Fault | undefined | void | Promise<Fault | undefined | void>;

/** Runs after the rows of a response are read and before it is sent. */
export type AfterRead = (request: RequestEntry, index: number) => void | Promise<void>;

/** A simulated API on a port. */
export interface Served {
  url: string;
  requests: RequestEntry[];
  intercept: Interceptor | null;
  afterRead: AfterRead | null;
  /** Breaks every connection and frees the port; rejects with the first error thrown by a hook. */
  close(): Promise<void>;
}

/** Address and latency of a simulated API, and the header that names the version. */
export interface ApiServerOptions {
  host: string;
  /** Port to listen on; 0 for a free one. */
  port: number;
  latencyMs: number;
  versionHeader: string;
  /** Encodings of responses, the preferred one first. */
  encodings: readonly Encoding[];
}

/**
 * Node.js closes a connection after five idle seconds: a client that a slow machine holds up for longer would send a request on
 * a closed one.
 */
const KEEP_ALIVE_MS = 60_000;

/** Serves an API over HTTP. Requests are handled concurrently, each in the order hook, latency, rows, hook, fault. */
export async function serveApi(api: Api, options: ApiServerOptions): Promise<Served> {
  const errors: unknown[] = [];
  const server = createServer((message, response) => {
    respond(message, response).catch((error: unknown) => {
      errors.push(error);
      fail(response, error);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const served: Served = { url: '', requests: [], intercept: null, afterRead: null, close };
  let count = 0;

  async function respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    message.resume();
    const request = requestOf(message, count++);
    const entry = log(served.requests, entryOf(request, options.versionHeader));
    const fault = faultOf((await served.intercept?.(entry, entry.index)) ?? undefined);
    const ms = options.latencyMs + (fault?.fault === 'latency' ? fault.ms : 0);
    if (ms > 0) await delay(ms);
    const right: ApiResponse = api(request);
    await served.afterRead?.(entry, entry.index);
    const spoilt = encoded(spoil(fault, right), request.header('accept-encoding') ?? '', options.encodings);
    entry.status = fault?.fault === 'hang' || fault?.fault === 'reset' ? null : spoilt.status;
    send(fault, spoilt, response);
  }

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
    if (errors.length > 0) throw errors[0];
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve);
  }).catch((error: unknown) => {
    throw new ConfigError(
      'CS1215',
      `the simulator cannot listen on ${options.host}, port ${options.port}: ${formatError(error)}`,
    );
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  served.url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  return served;
}

function requestOf(message: IncomingMessage, index: number): ApiRequest {
  const [path = '/', query = ''] = (message.url ?? '/').split(/\?(.*)/s);
  const header = (name: string) => {
    const value = message.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return { index, method: message.method ?? 'GET', path, query: new URLSearchParams(query), header };
}

function entryOf(request: ApiRequest, versionHeader: string): RequestEntry {
  return {
    index: request.index,
    method: request.method,
    path: request.path,
    query: request.query,
    status: null,
    version: request.header(versionHeader) ?? null,
    at: new Date().toISOString(),
  };
}

/** A hook or the simulator itself is broken: say so in the response, and again at `close()`. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  response
    .writeHead(500, { 'content-type': 'text/plain' })
    .end(`simulator: ${error instanceof Error ? error.message : String(error)}`);
}
