import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/model/errors.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { ask, checkouts, links, present, simulate } from '../support/ask.ts';

test('an edit made by the interceptor is in the answer', async () => {
  const simulator = await simulate();
  const made: string[] = [];
  simulator.intercept(async (_request, index) => {
    await Promise.resolve();
    if (index === 1) made.push(simulator.polar.createCheckout().id);
  });
  const before = await checkouts(simulator, 'limit=1');
  const after = await checkouts(simulator, 'limit=1');
  expect(before.pagination.total_count).toBe(40);
  expect([after.pagination.total_count, after.items[0]?.id]).toEqual([41, made[0]]);
});

test('an edit made after the rows were read is not in the answer, but in the next', async () => {
  const simulator = await simulate();
  const deleted = present((await links(simulator)).items[0]).id;
  simulator.afterRead(() => void simulator.polar.deleteLink(deleted));
  const during = await links(simulator);
  simulator.afterRead(null);
  expect(during.items.map((link) => link.id)).toContain(deleted);
  expect((await links(simulator)).items.map((link) => link.id)).not.toContain(deleted);
});

test('the interceptor sees what is asked for, and chooses which requests fail', async () => {
  const simulator = await simulate();
  simulator.intercept((request) => {
    if (request.path === '/v1/checkouts/' && request.query.get('page') === '2')
      return { fault: 'status', status: 503, body: 'busy' };
    return undefined;
  });
  const answers = [await ask(simulator, '/v1/checkouts/?page=1'), await ask(simulator, '/v1/checkouts/?page=2')];
  expect(answers.map((answer) => answer.status)).toEqual([200, 503]);
  expect(answers[1]?.text).toBe('busy');
  simulator.intercept(null);
  expect((await ask(simulator, '/v1/checkouts/?page=2')).status).toBe(200);
});

test('requests wait for each other only where the hooks make them', async () => {
  const simulator = await simulate();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  simulator.intercept((_request, index) => (index === 0 ? held : undefined));
  const slow = ask(simulator, '/v1/checkouts/');
  await expect.poll(() => simulator.requests.length).toBe(1);
  expect((await ask(simulator, '/v1/checkouts/')).status).toBe(200);
  expect(simulator.requests.map((request) => request.status)).toEqual([null, 200]);
  release();
  expect((await slow).status).toBe(200);
});

test('the log keeps method, path, query, version, time and status, and no credentials', async () => {
  const simulator = await simulate();
  await ask(simulator, '/v1/checkouts/?status=open&status=confirmed&page=2');
  await ask(simulator, '/v1/checkouts/1', { 'polar-version': null });
  await ask(simulator, '/v1/checkouts/', { authorization: 'Bearer polar_oat_wrong' });
  expect(simulator.requests).toMatchObject([
    {
      index: 0,
      method: 'GET',
      path: '/v1/checkouts/',
      status: 200,
      version: '2026-10',
      at: expect.stringMatching(/Z$/),
    },
    { index: 1, path: '/v1/checkouts/1', status: 422, version: null },
    { index: 2, status: 401 },
  ]);
  expect(simulator.requests[0]?.query.getAll('status')).toEqual(['open', 'confirmed']);
  expect(JSON.stringify(simulator.requests)).not.toContain('polar_oat');
});

test('an error in a hook gets a 500 and is thrown again at close', async () => {
  const simulator = await startSimulator({ checkouts: 0, links: 0 });
  simulator.intercept(() => {
    throw new Error('expected more');
  });
  const answer = await ask(simulator, '/v1/checkouts/');
  expect([answer.status, answer.text]).toEqual([500, 'simulator: expected more']);
  await expect(simulator.close()).rejects.toThrow('expected more');
});

test('closing breaks open connections and frees the port', async () => {
  const simulator = await startSimulator({ checkouts: 0, links: 0 });
  const { hostname, port } = new URL(simulator.url);
  const idle = connect(Number(port), hostname);
  await once(idle, 'connect');
  idle.resume();
  const ended = once(idle, 'close');
  await simulator.close();
  await ended;
  const again = await startSimulator({ checkouts: 0, links: 0, port: Number(port) });
  expect(again.url).toBe(simulator.url);
  await expect(startSimulator({ checkouts: 0, links: 0, port: Number(port) })).rejects.toThrow(
    new ConfigError(
      'CS1215',
      `the simulator cannot listen on 127.0.0.1, port ${port}: listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
    ),
  );
  await again.close();
});

test('every answer takes as long as the latency says', async () => {
  const simulator = await simulate({ latencyMs: 40 });
  const start = performance.now();
  await ask(simulator, '/v1/checkouts/1');
  expect(performance.now() - start).toBeGreaterThanOrEqual(39);
});
