import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { PAGE_LIMIT, type OlderDatabase, type RecordedRecord } from './recorded.ts';

/** Serves recorded lists and records as Polar and Fynn do, at one address, which is returned; closed after the test. */
export async function serveRecorded({ records }: OlderDatabase): Promise<string> {
  const server = createServer((request, response) => respond(records, request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

function respond(records: OlderDatabase['records'], request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://recorded');
  const version = request.headers['polar-version'];
  const send = (status: number, body: unknown) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...(version && { 'polar-version': version }) })
      .end(JSON.stringify(body));
  // Fynn has a request for a link, but no list of them.
  const list = pathname === '/checkout-links' ? undefined : listAt(records, pathname);
  if (list) return void send(200, version ? polarPage(list, searchParams) : fynnPage(list, searchParams));
  const [, parent = '', id] = /^(.*)\/([^/]+)$/.exec(pathname) ?? [];
  const record = listAt(records, version ? `${parent}/` : parent)?.find((one) => one.id === id);
  const absent = version
    ? { error: 'ResourceNotFound', detail: 'Not found' }
    : { title: 'Not found', detail: 'no such record' };
  send(record ? 200 : 404, record ?? absent);
}

const isPath = (records: OlderDatabase['records'], path: string): path is keyof typeof records => path in records;

const listAt = (records: OlderDatabase['records'], path: string): readonly RecordedRecord[] | undefined =>
  isPath(records, path) ? records[path] : undefined;

function windowOf(list: readonly RecordedRecord[], query: URLSearchParams) {
  const limit = Math.min(Number(query.get('limit')), PAGE_LIMIT);
  const first = (Number(query.get('page')) - 1) * limit;
  return { items: list.slice(first, first + limit), pages: Math.max(1, Math.ceil(list.length / limit)) };
}

/** Polar: filters, and `sorting` by `created_at`; the recording is in ascending order. */
function polarPage(list: readonly RecordedRecord[], query: URLSearchParams): unknown {
  const filters = [...new Set(query.keys())].filter((key) => !['page', 'limit', 'sorting'].includes(key));
  const matching = list.filter((one) => filters.every((key) => query.getAll(key).includes(String(one[key]))));
  const ordered = query.get('sorting') === 'created_at' ? matching : matching.toReversed();
  const { items, pages } = windowOf(ordered, query);
  return { items, pagination: { total_count: matching.length, max_page: pages } };
}

function fynnPage(list: readonly RecordedRecord[], query: URLSearchParams): unknown {
  const { items, pages } = windowOf(list, query);
  return { data: items, meta: { pagination: { totalItems: list.length, lastPage: pages } } };
}
