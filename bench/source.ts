// A Polar for the benchmark in a process of its own: the simulator's answers, rendered before they are requested.
// node bench/source.ts '{"sessions":50000,"links":0,"latencyMs":0,"isPrepared":true}'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parseConfig } from '../src/config/config.ts';
import type { ApiResponse } from '../src/simulator/api.ts';
import { encoded } from '../src/simulator/encoding.ts';
import { polarApi } from '../src/simulator/polar/api.ts';
import { rowsInStatus } from '../src/simulator/polar/checkouts/change.ts';
import { polarOf } from '../src/simulator/polar/polar.ts';
import { defaultSettings } from '../src/simulator/polar/settings.ts';
import { seededState } from '../src/simulator/polar/state.ts';
import { sizesOf } from '../src/simulator/sizes.ts';
import { openStreams } from '../src/simulator/polar/streams/index.ts';
import type { List } from '../src/model/stream.ts';
import { control, cpuSeconds, type BodyBytes, type ServerStats } from './control.ts';
import type { SourceOptions } from './processes.ts';

const { sessions: count, links, latencyMs, isPrepared, encodings } = JSON.parse(process.argv[2] ?? '') as SourceOptions;
const HOUR_MS = 3_600_000;
const PAGE = 100;
/** Walks read the newest records in descending order: this many pages of them are prepared. */
const NEWEST_PAGES = 10;

const state = seededState({
  seed: 1,
  now: undefined,
  sizeOf: sizesOf({ sizes: { checkout_links: links, checkouts: count } }),
});
const streams = openStreams(state);
const { sessions } = streams.checkouts;
const settings = { ...defaultSettings(false, streams), rateLimit: null };
const polar = polarOf(state, streams, settings);
const api = polarApi(polar);
const {
  sources: [source],
} = parseConfig({ POLAR_ACCESS_TOKEN: settings.token });
const stream = source?.streams.find(({ name }) => name === 'polar.checkouts');
if (!source || !stream) throw new Error('there is no stream of sessions');
const { listPath, incremental } = stream;
const headers = new Headers(source.headers);

const bodies = new Map<string, Buffer>();
const times: number[] = [];
let unprepared = 0;
let jsonBytes = 0;
let sentBytes = 0;

function answerTo(url: string, header: (name: string) => string | undefined) {
  const [path = '/', query = ''] = url.split(/\?(.*)/s);
  return api({ index: times.length, method: 'GET', path, query: new URLSearchParams(query), header });
}

function prepareList(list: List, pages: number): void {
  for (let page = 1; page <= pages; page++) {
    const url = listPath(list, page, PAGE);
    const { status, body } = answerTo(url, (name) => headers.get(name) ?? undefined);
    if (status !== 200 || !body) throw new Error(`${url} cannot be prepared (${status})`);
    bodies.set(url, body);
  }
}

/** Renders again what walks will request: all sessions from the oldest on, the newest, and those that may still change. */
function prepare(): void {
  const pages = Math.ceil(sessions.timeline.rows.length / PAGE);
  bodies.clear();
  prepareList({ order: 'ascending', filter: {} }, pages + 1);
  prepareList({ order: 'descending', filter: {} }, Math.min(pages, NEWEST_PAGES));
  if (incremental?.unsettled) prepareList({ order: 'ascending', filter: incremental.unsettled.all }, 1);
}

/** Edits a number of sessions of a list of ids, and returns their ids. */
function edit(ids: readonly string[]): string[] {
  for (const id of ids) polar.updateCheckout(id, { customer_name: `Edit ${times.length} ${id.slice(0, 8)}` });
  return [...ids];
}

const idAt = (position: number) => sessions.row(sessions.timeline.rows[position] ?? 0).id;
const idsFrom = (count: number, position: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => idAt(position(index)));

const actions = {
  stats: (): ServerStats => ({ requests: times.length, unprepared, cpuSeconds: cpuSeconds() }),
  bytes: (): BodyBytes => ({ jsonBytes, sentBytes }),
  times: () => times,
  prepare,
  /** Edits this number of sessions, evenly spread over all. */
  change: (count: number) => {
    const all = sessions.timeline.rows.length;
    return edit(idsFrom(count, (index) => Math.floor((index * all) / count)));
  },
  /** Edits the newest sessions. */
  changeNewest: (count: number) => {
    const all = sessions.timeline.rows.length;
    return edit(idsFrom(count, (index) => all - 1 - index));
  },
  add: (count: number) => Array.from({ length: count }, () => polar.createCheckout().id),
  /** Sessions of the last hours, and those that can still change. */
  lively: (hours: number) => {
    const since = (Date.now() - hours * HOUR_MS) * 1000;
    const recent = sessions.timeline.rows.filter((slot) => sessions.createdAt(slot) >= since).length;
    return { recent, open: rowsInStatus(sessions, 'open').length + rowsInStatus(sessions, 'confirmed').length };
  },
};

function respondTo({ url = '/', headers }: IncomingMessage): ApiResponse {
  const body = bodies.get(url);
  const prepared = { 'content-type': 'application/json', 'polar-version': settings.currentVersion };
  if (body) return { status: 200, headers: prepared, body };
  unprepared += 1;
  return answerTo(url, (name) => [headers[name] ?? []].flat()[0]);
}

async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
  message.resume();
  if (control(actions, message, response)) return;
  times.push(Date.now());
  if (latencyMs > 0) await pause(latencyMs);
  const answer = respondTo(message);
  const { status, headers, body } = encoded(answer, String(message.headers['accept-encoding']), encodings);
  jsonBytes += answer.body?.length ?? 0;
  sentBytes += body?.length ?? 0;
  response.writeHead(status, { ...headers, 'content-length': body?.length ?? 0 }).end(body);
}

if (isPrepared) prepare();
const server = createServer((message, response) => void serve(message, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}`, token: settings.token })}\n`);
});
