import type { ServerResponse } from 'node:http';
import type { ApiResponse } from './api.ts';

/** Something that goes wrong with one answer. A plain name is short for `{ fault: name }`. */
export type Fault = FaultName | FaultOf;

/** Faults without settings. */
type FaultName =
  /** The connection is reset before any answer. */
  | 'reset'
  /** The headers and half of the body, then the connection breaks. */
  | 'half-body'
  /** No answer, ever. */
  | 'hang'
  /** The headers and half of the body, then nothing, ever. */
  | 'stall'
  /** A whole answer whose body ends in the middle of its JSON. */
  | 'invalid-json'
  /** 200 without a body. */
  | 'empty-body'
  /** The right answer, followed by spaces without an end. */
  | 'endless'
  /** 307 to another host. */
  | 'redirect';

/** Faults with their settings. */
export type FaultOf =
  | { fault: FaultName }
  /** Another answer altogether; a text body is sent as it is, anything else as JSON, and none without a content type. */
  | { fault: 'status'; status: number; headers?: Record<string, string>; body?: unknown }
  | { fault: 'redirect'; location: string }
  /** The right answer, so much later. */
  | { fault: 'latency'; ms: number }
  /** The first half of the right answer at once, the rest so much later. */
  | { fault: 'slow-body'; ms: number }
  /** The right answer a byte at a time, each so much later. */
  | { fault: 'trickle'; ms: number }
  /** The right rows with wrong totals. */
  | { fault: 'pagination'; total_count?: unknown; max_page?: unknown }
  /** The right answer with other headers; null removes one. */
  | { fault: 'headers'; headers: Record<string, string | null> }
  /** The right answer with another JSON body. */
  | { fault: 'rewrite'; json: (body: unknown) => unknown };

const NOTHING = Buffer.alloc(0);

/** The long form of a fault. */
export function faultOf(fault: Fault | undefined): FaultOf | undefined {
  return typeof fault === 'string' ? { fault } : fault;
}

/** What is answered under a fault that changes the answer. */
export function spoil(fault: FaultOf | undefined, answer: ApiResponse): ApiResponse {
  switch (fault?.fault) {
    case 'status':
      return statusAnswer(fault);
    case 'redirect':
      return {
        status: 307,
        headers: { location: 'location' in fault ? fault.location : 'http://elsewhere.invalid/' },
        body: null,
      };
    case 'invalid-json':
      return { ...answer, body: half(answer.body ?? NOTHING) };
    case 'empty-body':
      return { ...answer, status: 200, body: NOTHING };
    case 'headers':
      return { ...answer, headers: withHeaders(answer.headers, fault.headers) };
    case 'pagination': {
      const { fault: _name, ...totals } = fault;
      return rewritten(answer, (body) => lie(body, totals));
    }
    case 'rewrite':
      return rewritten(answer, fault.json);
    case 'reset':
    case 'half-body':
    case 'hang':
    case 'stall':
    case 'latency':
    case 'slow-body':
    case 'endless':
    case 'trickle':
    case undefined:
      return answer;
    default:
      throw new TypeError(`unknown fault ${JSON.stringify(fault)}`);
  }
}

/** Sends an answer, or as much of it as the fault lets through. */
export function send(fault: FaultOf | undefined, answer: ApiResponse, response: ServerResponse): void {
  if (fault?.fault === 'hang') return;
  if (fault?.fault === 'reset') return void response.socket?.resetAndDestroy();
  const body = answer.body ?? NOTHING;
  const length = fault?.fault === 'endless' ? {} : { 'content-length': body.length };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  sendBody(fault, body, response);
}

function sendBody(fault: FaultOf | undefined, body: Buffer, response: ServerResponse): void {
  const start = half(body);
  if (fault?.fault === 'half-body') response.write(start, () => response.destroy());
  else if (fault?.fault === 'stall') response.write(start);
  else if (fault?.fault === 'slow-body') {
    response.write(start);
    setTimeout(() => response.end(body.subarray(start.length)), fault.ms);
  } else if (fault?.fault === 'endless') sendForEver(response);
  else if (fault?.fault === 'trickle') trickle(body, fault.ms, response);
  else response.end(body);
}

const SPACES = Buffer.alloc(2 ** 16, ' ');

/** Sends as fast as it is taken, until the connection is closed. */
function sendForEver(response: ServerResponse): void {
  const fill = () => {
    while (!response.destroyed && response.write(SPACES));
  };
  response.on('drain', fill);
  fill();
}

function trickle(body: Buffer, ms: number, response: ServerResponse): void {
  let sent = 0;
  const timer = setInterval(() => response.write(body.subarray(sent, (sent += 1))), ms);
  response.on('close', () => clearInterval(timer));
}

function half(body: Buffer): Buffer {
  return body.subarray(0, Math.ceil(body.length / 2));
}

function statusAnswer({ status, headers = {}, body }: FaultOf & { fault: 'status' }): ApiResponse {
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

function rewritten(answer: ApiResponse, json: (body: unknown) => unknown): ApiResponse {
  return { ...answer, body: Buffer.from(JSON.stringify(json(JSON.parse(answer.body?.toString() ?? 'null')))) };
}

function lie(body: unknown, totals: Record<string, unknown>): unknown {
  if (typeof body !== 'object' || body === null || !('pagination' in body)) return body;
  const { pagination } = body;
  return { ...body, pagination: { ...(typeof pagination === 'object' && pagination), ...totals } };
}
