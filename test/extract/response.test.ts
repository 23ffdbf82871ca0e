import { expect, test } from 'vitest';
import { FatalError, RetryableError } from '../../src/model/errors.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { startFynn } from '../support/fynn.ts';
import { startPolar } from '../support/polar.ts';
import { get, httpOf, polarAt, sourceOf } from '../support/source.ts';

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
    return { simulator, source: polarAt(simulator), path: '/v1/checkouts/' };
  },
  fynn: async () => {
    const simulator = await startFynn({ links: 3, prices: 3 });
    const source = sourceOf({ FYNN_API_KEY: simulator.apiKey, FYNN_API_URL: simulator.url });
    return { simulator, source, path: '/price-plans' };
  },
};

/** Returns the outcome of a request whose first `times` attempts meet a fault: the JSON, or the error. */
async function ask(name: keyof typeof subjects, fault: Fault, times: number) {
  const { simulator, source, path } = await subjects[name]();
  const http = httpOf(source);
  simulator.intercept((_request, index) => (index < times ? fault : undefined));
  const outcome = await get(http, path);
  return { outcome, requests: http.sent(), credential: source.headers.authorization?.split(' ')[1] ?? '' };
}

const page1 = { polar: { pagination: expect.anything() }, fynn: { meta: expect.anything() } };

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
  ['a 304 of a cache', { fault: 'status', status: 304 }, /\(304\); a firewall/],
  ['a 204', { fault: 'status', status: 204 }, /\(204\); a firewall/],
  [
    'a page that repeats the token',
    page(403, `you sent ${TOKEN}`),
    /\(403\): text\/html, "you sent \[POLAR_ACCESS_TOKEN\]"/,
  ],
];

test.each(between)('%s is of something in between: tried again, and said', async (_what, fault, says) => {
  const passing = await ask('polar', fault, 1);
  expect(passing).toMatchObject({ outcome: page1.polar, requests: 2 });
  const lasting = await ask('polar', fault, 3);
  expect(lasting.outcome).toBeInstanceOf(RetryableError);
  const said = String(lasting.outcome);
  expect(said).toMatch(/something in between answered GET \/v1\/checkouts\/ instead of polar/);
  expect(said).toMatch(says);
  expect(said.length).toBeLessThan(320);
  expect(said).not.toContain(lasting.credential);
  expect((await ask('fynn', fault, 1)).outcome).toMatchObject(page1.fynn);
});

test('JSON that is not Polar’s comes from something in between as well', async () => {
  for (const body of [{ message: 'Forbidden' }, { success: false, errors: [] }, ['no']])
    for (const status of [401, 403, 404, 422])
      expect((await ask('polar', page(status, body, {}), 1)).outcome).toMatchObject(page1.polar);
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
    expect(source.isNotFound({ status: 404, header, body: undefined, isEmpty: true })).toBe(false);
    expect(source.isNotFound({ status: 404, header, body: 'gone', isEmpty: false })).toBe(false);
  }
});

test('a 404 that says something else than JSON is no proof, even without a content type', async () => {
  const { source } = await subjects.fynn();
  const header = () => undefined;
  expect(source.isNotFound({ status: 404, header, body: undefined, isEmpty: false })).toBe(false);
  expect(source.isNotFound({ status: 404, header, body: undefined, isEmpty: true })).toBe(true);
});
