// Stripe's list of checkout sessions for the other engines, in a process of its own; every body is a slice of one prepared buffer.
// node bench/peers/source.ts '{"sessions":50000,"latencyMs":0}'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { control, cpuSeconds, type ServerStats } from '../control.ts';
import { indexOf, lineItem, stripeSession } from './session.ts';

const { sessions, latencyMs } = JSON.parse(process.argv[2] ?? '') as { sessions: number; latencyMs: number };
const YEAR_SECONDS = 365 * 86_400;
const newest = Math.floor(Date.now() / 1000) - 60;

/** Creation times, newest first, as Stripe lists. */
const created = Array.from({ length: sessions }, (_, position) =>
  Math.floor(newest - (position * YEAR_SECONDS) / sessions),
);
const texts = created.map((at, position) =>
  Buffer.from(`${JSON.stringify(stripeSession(sessions - 1 - position, at))},`),
);
const ends: number[] = [];
for (const text of texts) ends.push((ends.at(-1) ?? 0) + text.length);
const all = Buffer.concat(texts);

let requests = 0;
const actions = { stats: (): ServerStats => ({ requests, unprepared: 0, cpuSeconds: cpuSeconds() }) };

/** The first position, newest first, whose session was created before an instant in seconds. */
function firstBefore(instant: number): number {
  let [low, high] = [0, sessions];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((created[middle] ?? 0) >= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A bound such as `created[gte]`, in whole seconds; if it is missing, it is taken from the strict form. */
function bound(query: URLSearchParams, inclusive: string, strict: string, step: number): number | undefined {
  const [at, beyond] = [query.get(`created[${inclusive}]`), query.get(`created[${strict}]`)];
  if (at !== null) return Number(at);
  return beyond === null ? undefined : Number(beyond) + step;
}

function page(query: URLSearchParams): Buffer {
  const [least, most] = [bound(query, 'gte', 'gt', 1), bound(query, 'lte', 'lt', -1)];
  const after = query.get('starting_after');
  const from = Math.max(most === undefined ? 0 : firstBefore(most + 1), after === null ? 0 : sessions - indexOf(after));
  const end = least === undefined ? sessions : firstBefore(least);
  const to = Math.min(end, from + Math.min(100, Number(query.get('limit') ?? 10)));
  const head = Buffer.from(`{"object":"list","url":"/v1/checkout/sessions","has_more":${to < end},"data":[`);
  // Without the comma after the last one.
  const items = from < to ? all.subarray(ends[from - 1] ?? 0, (ends[to - 1] ?? 0) - 1) : Buffer.alloc(0);
  return Buffer.concat([head, items, Buffer.from(']}')]);
}

const LINE_ITEMS = /^\/v1\/checkout\/sessions\/([^/]+)\/line_items$/;

function bodyOf({ pathname, searchParams }: URL): Buffer {
  if (pathname === '/v1/checkout/sessions') return page(searchParams);
  const session = LINE_ITEMS.exec(pathname)?.[1];
  const data = session === undefined ? [] : [lineItem(session)];
  return Buffer.from(JSON.stringify({ object: 'list', url: pathname, has_more: false, data }));
}

async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
  message.resume();
  if (control(actions, message, response)) return;
  requests += 1;
  if (latencyMs > 0) await pause(latencyMs);
  const body = bodyOf(new URL(message.url ?? '/', 'http://stripe.invalid'));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

const server = createServer((message, response) => void serve(message, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}`, token: 'sk_test' })}\n`);
});
