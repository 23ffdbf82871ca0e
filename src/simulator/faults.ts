import type { ServerResponse } from 'node:http';
import type { ApiResponse } from './api.ts';

/** Something that goes wrong with one response. A plain name is short for `{ fault: name }`. */
export type Fault = FaultName | FaultOf;

/** Faults without settings. */
type FaultName =
  /** The connection is reset before any response. */
  | 'reset'
  /** The headers and half of the body, then the connection breaks. */
  | 'half-body'
  /** No response, ever. */
  | 'hang'
  /** The headers and half of the body, then nothing, ever. */
  | 'stall'
  /** A whole response whose body ends in the middle of its JSON. */
  | 'invalid-json'
  /** 200 without a body. */
  | 'empty-body'
  /** The right response, followed by spaces without an end. */
  | 'endless'
  /** 307 to another host. */
  | 'redirect';

/** Faults with their settings. */
export type FaultOf =
  | { fault: FaultName }
  /** Another response altogether: a text body is sent as it is, any other body as JSON, and no body without a content type. */
  | { fault: 'status'; status: number; headers?: Record<string, string>; body?: unknown }
  | { fault: 'redirect'; location: string }
  /** The right response, this much later. */
  | { fault: 'latency'; ms: number }
  /** The first half of the right response immediately, the rest this much later. */
  | { fault: 'slow-body'; ms: number }
  /** The right response byte by byte, each this much later. */
  | { fault: 'trickle'; ms: number }
  /** The right rows with wrong totals. */
  | { fault: 'pagination'; total_count?: unknown; max_page?: unknown }
  /** The right response with other headers; null removes one. */
  | { fault: 'headers'; headers: Record<string, string | null> }
  /** The right response with another JSON body. */
  | { fault: 'rewrite'; json: (body: unknown) => unknown };

const NOTHING = Buffer.alloc(0);

/** The long form of a fault. */
export function faultOf(fault: Fault | undefined): FaultOf | undefined {
  return typeof fault === 'string' ? { fault } : fault;
}

/** Returns the response under a fault that changes it. */
export function spoil(fault: FaultOf | undefined, response: ApiResponse): ApiResponse {
  switch (fault?.fault) {
    case 'status':
      return statusResponse(fault);
    case 'redirect':
      return {
        status: 307,
        headers: { location: 'location' in fault ? fault.location : 'http://elsewhere.invalid/' },
        body: null,
      };
    case 'invalid-json':
      return { ...response, body: half(response.body ?? NOTHING) };
    case 'empty-body':
      return { ...response, status: 200, body: NOTHING };
    case 'headers':
      return { ...response, headers: withHeaders(response.headers, fault.headers) };
    case 'pagination': {
      const { fault: _name, ...totals } = fault;
      return rewritten(response, (body) => lie(body, totals));
    }
    case 'rewrite':
      return rewritten(response, fault.json);
    case 'reset':
    case 'half-body':
    case 'hang':
    case 'stall':
    case 'latency':
    case 'slow-body':
    case 'endless':
    case 'trickle':
    case undefined:
      return response;
    default:
      throw new TypeError(`unknown fault ${JSON.stringify(fault)}`);
  }
}

/** Sends a response, or as much of it as the fault lets through. */
export function send(fault: FaultOf | undefined, response: ApiResponse, target: ServerResponse): void {
  if (fault?.fault === 'hang') return;
  if (fault?.fault === 'reset') return void target.socket?.resetAndDestroy();
  const body = response.body ?? NOTHING;
  const length = fault?.fault === 'endless' ? {} : { 'content-length': body.length };
  target.writeHead(response.status, { ...response.headers, ...length });
  sendBody(fault, body, target);
}

function sendBody(fault: FaultOf | undefined, body: Buffer, target: ServerResponse): void {
  const start = half(body);
  if (fault?.fault === 'half-body') target.write(start, () => target.destroy());
  else if (fault?.fault === 'stall') target.write(start);
  else if (fault?.fault === 'slow-body') {
    target.write(start);
    setTimeout(() => target.end(body.subarray(start.length)), fault.ms);
  } else if (fault?.fault === 'endless') sendForEver(target);
  else if (fault?.fault === 'trickle') trickle(body, fault.ms, target);
  else target.end(body);
}

const SPACES = Buffer.alloc(2 ** 16, ' ');

/** Sends as fast as it is taken, until the connection is closed. */
function sendForEver(target: ServerResponse): void {
  const fill = () => {
    while (!target.destroyed && target.write(SPACES));
  };
  target.on('drain', fill);
  fill();
}

function trickle(body: Buffer, ms: number, target: ServerResponse): void {
  let sent = 0;
  const timer = setInterval(() => target.write(body.subarray(sent, (sent += 1))), ms);
  target.on('close', () => clearInterval(timer));
}

function half(body: Buffer): Buffer {
  return body.subarray(0, Math.ceil(body.length / 2));
}

function statusResponse({ status, headers = {}, body }: FaultOf & { fault: 'status' }): ApiResponse {
  if (body === undefined) return { status, headers, body: null };
  if (typeof body === 'string') return { status, headers, body: Buffer.from(body) };
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

function withHeaders(headers: Record<string, string>, changes: Record<string, string | null>): Record<string, string> {
  const all = Object.entries({ ...headers, ...changes });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
}

function rewritten(response: ApiResponse, json: (body: unknown) => unknown): ApiResponse {
  return { ...response, body: Buffer.from(JSON.stringify(json(JSON.parse(response.body?.toString() ?? 'null')))) };
}

function lie(body: unknown, totals: Record<string, unknown>): unknown {
  if (typeof body !== 'object' || body === null || !('pagination' in body)) return body;
  const { pagination } = body;
  return { ...body, pagination: { ...(typeof pagination === 'object' && pagination), ...totals } };
}
