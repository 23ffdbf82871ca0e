import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { openConnection } from '../../src/extract/connection.ts';
import { RETRY_POLICY } from '../../src/extract/http.ts';
import { RetryableError } from '../../src/model/errors.ts';
import { startPolar } from '../support/polar.ts';
import { get, httpOf, polarAt } from '../support/source.ts';

const PATH = '/v1/checkouts/?limit=100';
const MEGABYTE = 2 ** 20;

/** Starts a server whose responses the test writes itself. */
async function serve(answer: (response: ServerResponse, request: number) => void) {
  let requests = 0;
  const server = createServer((_request, response) => answer(response, requests++)).listen(0, '127.0.0.1');
  return { url: await addressOf(server), server };
}

/** A server that writes what it likes to each socket that has sent something. */
async function serveRaw(answer: (socket: Socket, request: number) => void) {
  let requests = 0;
  const server = createTcpServer((socket) =>
    socket.on('error', () => undefined).on('data', () => answer(socket, requests++)),
  ).listen(0, '127.0.0.1');
  return { url: await addressOf(server) };
}

async function addressOf(server: ReturnType<typeof createTcpServer>): Promise<string> {
  await once(server, 'listening');
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

test('an endless answer is given up at its bound, names its request, and leaves the next one alone', async () => {
  const polar = await startPolar({ links: 3, checkouts: 3 });
  polar.intercept((_request, index) => (index === 0 ? 'endless' : undefined));
  const http = httpOf(polarAt(polar), { mostBytes: MEGABYTE });
  const error = await get(http, PATH);
  expect(error).toBeInstanceOf(RetryableError);
  expect(error).toMatchObject({
    message: `the response to GET ${PATH} is refused`,
    cause: { message: /larger than 1 MB/ },
  });
  expect(http.sent()).toBe(1);
  expect(await get(http, PATH)).toMatchObject({ pagination: { total_count: 3 } });
});

const packers = {
  gzip: (body: Buffer) => gzipSync(body, { level: 1 }),
  br: (body: Buffer) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: (body: Buffer) => zstdCompressSync(body),
  'gzip, gzip': (body: Buffer) => gzipSync(gzipSync(body, { level: 1 })),
};
const packs = Object.entries(packers);

test.each(packs)('a bomb in %s is not unpacked beyond the bound', async (encoding, pack) => {
  const bomb = pack(Buffer.alloc(100 * MEGABYTE, '['));
  const { url } = await serve((response) => response.writeHead(200, { 'content-encoding': encoding }).end(bomb));
  const before = process.memoryUsage().rss;
  const error = await get(httpOf(polarAt({ url }), { mostBytes: MEGABYTE }), PATH);
  expect(error).toMatchObject({ cause: { message: 'it is larger than 1 MB' } });
  expect(process.memoryUsage().rss - before).toBeLessThan(80 * MEGABYTE);
});

test.each(packs)('an answer in %s is asked for, and read', async (encoding, pack) => {
  const { url } = await serve((response) => {
    const { 'accept-encoding': accepted = '' } = response.req.headers;
    const isAccepted = encoding.split(', ').every((name) => accepted.includes(name));
    response.writeHead(isAccepted ? 200 : 406, { 'content-encoding': encoding }).end(pack(Buffer.from('{"a":"ü"}')));
  });
  expect(await get(httpOf(polarAt({ url })), PATH)).toEqual({ a: 'ü' });
});

test('the encoding that makes pages smallest is preferred', async () => {
  const polar = await startPolar({ links: 3, checkouts: 3, encodings: ['gzip', 'br', 'zstd'] });
  const connection = openConnection(polarAt(polar), RETRY_POLICY);
  onTestFinished(() => connection.close());
  const response = await connection.get(PATH, () => undefined, new AbortController().signal);
  expect(response.header('content-encoding')).toBe('zstd');
});

test('a body that trickles, or a head that never ends, is given up in time', async () => {
  const polar = await startPolar({ links: 3, checkouts: 3 });
  polar.intercept(() => ({ fault: 'trickle', ms: 20 }));
  const patience = { answerMs: 300, retries: 0 };
  expect(await get(httpOf(polarAt(polar), patience), PATH)).toMatchObject({
    message: `the response to GET ${PATH} was not complete after 0.3 seconds`,
  });
  const { url } = await serve((response) => {
    const timer = setInterval(() => response.writeProcessing(), 20);
    response.on('close', () => clearInterval(timer));
  });
  expect(await get(httpOf(polarAt({ url }), patience), PATH)).toMatchObject({ message: /not complete after 0\.3 s/ });
});

test('an error that comes with an endless or a broken body is still that error', async () => {
  const bodies = ['not gzip at all', '', Buffer.alloc(2 * MEGABYTE)];
  const { url } = await serve((response, request) =>
    response.writeHead(503, request < 2 ? { 'content-encoding': 'gzip' } : {}).end(bodies[request]),
  );
  const http = httpOf(polarAt({ url }), { mostBytes: MEGABYTE });
  expect(await get(http, PATH)).toMatchObject({ message: `the source failed at GET ${PATH} (503)` });
  expect(http.sent()).toBe(3);
});

test('a length that lies, and what comes after an answer, never becomes the next answer', async () => {
  const head = (length: number) =>
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  const { url } = await serveRaw((socket, request) => {
    if (request === 0) socket.end(`${head(100)}{"short":1}`);
    else if (request === 1) socket.write(`${head(9)}{"one":1}${head(11)}{"stray":1}`);
    else socket.write(`${head(9)}{"two":2}`);
  });
  const http = httpOf(polarAt({ url }));
  expect(await get(http, '/one')).toEqual({ one: 1 });
  expect(await get(http, '/two')).toEqual({ two: 2 });
  expect(http.sent()).toBe(3);
});

test('a head larger than 16 kB is refused, and names its request', async () => {
  const { url } = await serve((response) => response.writeHead(200, { 'x-much': 'x'.repeat(20_000) }).end('{}'));
  expect(await get(httpOf(polarAt({ url })), PATH)).toMatchObject({
    message: `no response to GET ${PATH}`,
    cause: { message: /headers overflow/i },
  });
});

test.each(['half-body', { fault: 'headers', headers: { 'content-encoding': 'gzip' } }] as const)(
  'a packed body that breaks off, or is not what it says (%s), is asked for again',
  async (fault) => {
    const polar = await startPolar({ links: 3, checkouts: 3, encodings: ['gzip'] });
    polar.intercept((_request, index) => (index === 0 ? fault : undefined));
    const http = httpOf(polarAt(polar));
    expect(await get(http, PATH)).toMatchObject({ pagination: { total_count: 3 } });
    expect(http.sent()).toBe(2);
  },
);

test('an encoding that nobody asked for is named', async () => {
  for (const encoding of ['snappy', 'gzip, gzip, gzip']) {
    const { url } = await serve((response) => response.writeHead(200, { 'content-encoding': encoding }).end('{}'));
    expect(await get(httpOf(polarAt({ url })), PATH)).toMatchObject({
      message: `no response to GET ${PATH}`,
      cause: { message: `its content-encoding is ${encoding}, which was not asked for` },
    });
  }
});
