import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { FatalError, RetryableError } from '../../src/errors.ts';
import type { Answer } from '../../src/extract/answer.ts';
import { createHttp, PATIENCE } from '../../src/extract/http.ts';
import { createLogger } from '../../src/log.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { fynnSource } from '../../src/sources/fynn/index.ts';
import { polarSource } from '../../src/sources/polar/index.ts';
import { startFynn } from '../fynn.ts';
import { memoryBudget, startPolar } from '../polar.ts';

const html = { 'content-type': 'text/html; charset=utf-8' };
const page = (status: number, body: unknown, headers: Record<string, string> = html): Fault => ({
  fault: 'status',
  status,
  headers,
  body,
});

const subjects = {
  polar: async () => {
    const simulator = await startPolar({ links: 3, checkouts: 3 });
    const { polar } = parseConfig({ POLAR_ACCESS_TOKEN: simulator.token, POLAR_API_URL: simulator.url });
    if (!polar) throw new Error('Polar is off');
    return { simulator, source: polarSource(polar), path: '/v1/checkouts/' };
  },
  fynn: async () => {
    const simulator = await startFynn({ links: 3, prices: 3 });
    const { fynn } = parseConfig({ FYNN_API_KEY: simulator.apiKey, FYNN_API_URL: simulator.url });
    if (!fynn) throw new Error('Fynn is off');
    return { simulator, source: fynnSource(fynn), path: '/price-plans' };
  },
};

/** What a fault at the first requests, so many times, comes to: the status in the end, or the error. */
async function ask(name: keyof typeof subjects, fault: Fault, times: number) {
  const { simulator, source, path } = await subjects[name]();
  const patience = { ...PATIENCE, retries: 2, minDelayMs: 1, maxDelayMs: 1 };
  const http = createHttp(source, memoryBudget(1_000_000), createLogger('silent'), patience);
  onTestFinished(() => http.close());
  simulator.intercept((_request, index) => (index < times ? fault : undefined));
  const isFine = ({ status, body }: Answer) => status === 200 && body !== undefined;
  const outcome = await http.get(path, isFine, AbortSignal.timeout(10_000)).catch((error: unknown) => error);
  return { outcome, requests: http.sent(), credential: source.headers.authorization?.split(' ')[1] ?? '' };
}

const TOKEN = 'polar_oat_simulator';
const between: [what: string, fault: Fault, says: RegExp][] = [
  [
    'a 403 page of a firewall',
    page(403, '<html><title>\n Access  denied </title>'),
    /\(403\): text\/html, "Access denied"/,
  ],
  ['a 401 page of a gateway', page(401, '<h1>Log in</h1>'), /\(401\): text\/html, "Log in"/],
  ['a 403 without a body', { fault: 'status', status: 403 }, /\(403\); a firewall/],
  [
    'a 404 page',
    page(404, `<style>p{}</style><p>${'no route '.repeat(50)}`),
    /\(404\): text\/html, "(no route ){8}no route…?/,
  ],
  ['a 407 of a proxy', page(407, '<title>Cache Access Denied</title>'), /\(407\): text\/html, "Cache Access Denied"/],
  ['a 422 in plain text', page(422, 'nope', { 'content-type': 'text/plain' }), /\(422\): text\/plain, "nope"/],
  ['a maintenance page with a 200', page(200, '<title>Back soon</title>'), /\(200\): text\/html, "Back soon"/],
  ['a 204', { fault: 'status', status: 204 }, /\(204\); a firewall/],
  ['a page that repeats the token', page(403, `you sent ${TOKEN}`), /\(403\): text\/html, "you sent …"/],
];

test.each(between)('%s is of something in between: tried again, and said', async (_what, fault, says) => {
  const passing = await ask('polar', fault, 1);
  expect(passing).toMatchObject({ outcome: { status: 200 }, requests: 2 });
  const lasting = await ask('polar', fault, 3);
  expect(lasting.outcome).toBeInstanceOf(RetryableError);
  const said = String(lasting.outcome);
  expect(said).toMatch(/something in between answered GET \/v1\/checkouts\/ instead of polar/);
  expect(said).toMatch(says);
  expect(said.length).toBeLessThan(320);
  expect(said).not.toContain(lasting.credential);
  expect((await ask('fynn', fault, 1)).outcome).toMatchObject({ status: 200 });
});

test('JSON that is not Polar’s is of something in between, too', async () => {
  for (const body of [{ message: 'Forbidden' }, { success: false, errors: [] }, ['no']])
    for (const status of [401, 403, 404, 422])
      expect((await ask('polar', page(status, body, {}), 1)).outcome).toMatchObject({ status: 200 });
});

test('what the API itself refuses is not asked twice', async () => {
  const own: [number, unknown, RegExp][] = [
    [401, { error: 'Unauthorized', detail: 'Unauthorized' }, /does not accept the access token \(401\)/],
    [403, { error: 'NotPermitted', detail: 'Not permitted' }, /refuses the request \(403\): Not permitted/],
    [404, { detail: 'Not Found' }, /does not know API version/],
    [405, { detail: 'Method Not Allowed' }, /refuses the request \(405\): Method Not Allowed/],
    [422, { detail: [{ loc: ['query', 'page'], msg: 'too small' }] }, /\(422\): query\.page: too small/],
  ];
  for (const [status, body, says] of own) {
    const { outcome, requests } = await ask('polar', page(status, body, {}), 3);
    expect([outcome, requests]).toEqual([expect.any(FatalError), 1]);
    expect(String(outcome)).toMatch(says);
  }
});

test('a 404 page of something in between is no proof that a record is gone', async () => {
  for (const name of ['polar', 'fynn'] as const) {
    const { source } = await subjects[name]();
    const header = (key: string) => ({ 'polar-version': '2026-10', ...html })[key];
    expect(source.isGone({ status: 404, header, body: undefined })).toBe(false);
    expect(source.isGone({ status: 404, header, body: 'gone' })).toBe(false);
  }
});
