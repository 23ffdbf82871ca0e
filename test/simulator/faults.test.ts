import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import type { Fault } from '../../src/simulator/faults.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { ask, checkouts, simulate } from '../support/ask.ts';

async function withFault(fault: Fault): Promise<Simulator> {
  const simulator = await simulate();
  simulator.intercept(() => fault);
  return simulator;
}

/** The code of the network error a request ends with. */
async function failure(simulator: Simulator): Promise<unknown> {
  const response = await fetch(`${simulator.url}/v1/checkouts/`, {
    headers: { authorization: `Bearer ${simulator.token}` },
  }).catch((error: unknown) => error);
  const error = response instanceof Response ? await response.text().catch((broken: unknown) => broken) : response;
  return error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined;
}

test('a reset ends the connection before any answer, and leaves no status in the log', async () => {
  const simulator = await withFault('reset');
  expect(await failure(simulator)).toBe('ECONNRESET');
  expect(simulator.requests[0]?.status).toBeNull();
});

test('half a body breaks the connection after the headers', async () => {
  const simulator = await withFault('half-body');
  expect(await failure(simulator)).toBe('UND_ERR_SOCKET');
  expect(simulator.requests[0]?.status).toBe(200);
});

test.for(['hang', 'stall'] as const)('a %s never ends, until the client gives up', async (fault) => {
  const simulator = await withFault(fault);
  const signal = AbortSignal.timeout(60);
  const request = fetch(simulator.url, { signal }).then((response) => response.text());
  await expect(request).rejects.toThrow('aborted due to timeout');
});

test('a stalled answer has its headers', async () => {
  const simulator = await withFault('stall');
  const controller = new AbortController();
  const response = await fetch(simulator.url, { signal: controller.signal });
  expect(response.status).toBe(404);
  controller.abort();
});

test('invalid JSON is a whole answer that ends too early', async () => {
  const { status, text } = await ask(await withFault('invalid-json'), '/v1/checkouts/');
  expect(status).toBe(200);
  expect(text.startsWith('{"items":[{')).toBe(true);
  expect(() => void JSON.parse(text)).toThrow(SyntaxError);
});

test('an empty body is a 200 with nothing in it', async () => {
  const { status, text, header } = await ask(await withFault('empty-body'), '/v1/checkouts/');
  expect([status, text, header('content-type')]).toEqual([200, '', 'application/json']);
});

test('a redirect points to another host, or to the location given', async () => {
  const elsewhere = await ask(await withFault('redirect'), '/v1/checkouts/');
  expect([elsewhere.status, elsewhere.header('location')]).toEqual([307, 'http://elsewhere.invalid/']);
  const given = await ask(await withFault({ fault: 'redirect', location: 'https://example.com/' }), '/v1/checkouts/');
  expect(given.header('location')).toBe('https://example.com/');
});

test('any status can be answered, with any headers and body', async () => {
  const busy = await ask(
    await withFault({ fault: 'status', status: 429, headers: { 'retry-after': '7' } }),
    '/v1/checkouts/',
  );
  expect([busy.status, busy.header('retry-after'), busy.text, busy.header('content-type')]).toEqual([
    429,
    '7',
    '',
    null,
  ]);
  const json = await ask(await withFault({ fault: 'status', status: 500, body: { error: 'Oops' } }), '/v1/checkouts/');
  expect([json.status, json.text, json.header('content-type')]).toEqual([500, '{"error":"Oops"}', 'application/json']);
});

test('totals can lie while the rows are right', async () => {
  const page = await checkouts(await withFault({ fault: 'pagination', max_page: 0 }));
  expect(page.pagination).toEqual({ total_count: 40, max_page: 0 });
  expect(page.items).toHaveLength(40);
});

test('headers can be changed and taken away', async () => {
  const answer = await ask(
    await withFault({ fault: 'headers', headers: { 'polar-version': null, 'x-extra': '1' } }),
    '/v1/checkouts/',
  );
  expect([answer.status, answer.header('polar-version'), answer.header('x-extra')]).toEqual([200, null, '1']);
});

test('the body can be rewritten', async () => {
  const { text } = await ask(await withFault({ fault: 'rewrite', json: () => [1, 2] }), '/v1/checkouts/');
  expect(text).toBe('[1,2]');
});

test('latency holds one answer back, a slow body its second half', async () => {
  for (const fault of ['latency', 'slow-body'] as const) {
    const simulator = await withFault({ fault, ms: 50 });
    const start = performance.now();
    expect((await checkouts(simulator)).items).toHaveLength(40);
    expect(performance.now() - start).toBeGreaterThanOrEqual(49);
  }
});

test('the token goes nowhere when a redirect is followed to another host', async () => {
  const seen: (string | undefined)[] = [];
  const other = createServer((message, response) => {
    seen.push(message.headers.authorization);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const simulator = await withFault({ fault: 'redirect', location: `http://127.0.0.1:${port}/` });
  await fetch(simulator.url, { headers: { authorization: 'Bearer x' } });
  other.close();
  expect(seen).toEqual([undefined]);
});
