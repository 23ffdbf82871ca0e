import { createServer } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError, formatError, FatalError, RetryableError } from '../../src/model/errors.ts';
import { failedCheck } from '../../src/model/check.ts';
import { rememberSecret, scrub, scrubJson } from '../../src/model/secrets.ts';
import { run } from '../support/run.ts';
import { freshDatabase } from '../support/database.ts';
import { dump } from '../support/dump.ts';
import { CORE_STREAMS } from '../support/source.ts';

const ODD = 'recognisable/"&<+é secret';

test.each([
  ['as it is', ODD],
  ['in JSON', JSON.stringify(ODD)],
  ['in JSON as PHP writes it', JSON.stringify(ODD).replaceAll('/', String.raw`\/`)],
  ['in a URL', `https://api.example/?token=${encodeURIComponent(ODD)}`],
  ['in a URL, in lower case', `https://api.example/?token=${encodeURIComponent(ODD).toLowerCase()}`],
  ['in HTML', '<p>recognisable/&quot;&amp;&lt;+é secret</p>'],
  ['in other letters', ODD.toUpperCase()],
  ...['', 'a:', 'ab:', 'abc:'].map((user): [string, string] => [
    `in basic auth with the user "${user}"`,
    `basic ${Buffer.from(user + ODD).toString('base64')}`,
  ]),
  ['in base64 for URLs', Buffer.from(`{"token":"${ODD}"}`).toString('base64url')],
])('a configured secret is taken out of a text: %s', (_form, text) => {
  rememberSecret('A_TOKEN', ODD);
  expect(scrub(text)).toContain('[A_TOKEN]');
  expect(scrub(text)).not.toMatch(/recognisable/i);
});

test('what a secret is a part of stays, and so does what is no secret', () => {
  rememberSecret('A_TOKEN', 'polar_oat_0123456789');
  rememberSecret('SHORT', 'abc');
  expect(scrub('GET /?a=abc&t=polar_oat_0123456789&z=1')).toBe('GET /?a=abc&t=[A_TOKEN]&z=1');
  expect(scrubJson({ polar_oat_0123456789: ['x polar_oat_0123456789', 1, null] })).toEqual({
    '[A_TOKEN]': ['x [A_TOKEN]', 1, null],
  });
});

test('secrets of any size and number are taken out, and no error is hidden by them', () => {
  for (let index = 0; index < 40; index++) rememberSecret('LONG', `${index}`.padEnd(100_000, 'x/+&'));
  rememberSecret('A_TOKEN', 'polar_oat_0123456789');
  rememberSecret('ODD', `polar_oat_\ud800${'y'.repeat(20)}`);
  expect(formatError(new Error('refused: polar_oat_0123456789'))).toBe('refused: [A_TOKEN]');
});

test('no error text holds a secret, whatever its kind, its causes and its parts', () => {
  rememberSecret('A_TOKEN', 'polar_oat_0123456789');
  const cause = new AggregateError([new Error('sent polar_oat_0123456789')], 'and polar_oat_0123456789');
  for (const error of [
    new FatalError('CS4204', 'refused: polar_oat_0123456789 is wrong', { cause }),
    new ConfigError('CS1201', 'wrong: polar_oat_0123456789'),
    new RetryableError('CS4101', 'no answer', { cause }),
    'polar_oat_0123456789',
  ]) {
    expect(formatError(error)).toContain('[A_TOKEN]');
    expect(JSON.stringify([formatError(error), failedCheck('x', error, 'y')])).not.toContain('0123456789');
  }
});

/** An API that repeats the token in all it says. */
async function echoingApi(answers: Record<string, (token: string) => [number, object, object]>): Promise<string> {
  const server = createServer(({ headers, url = '' }, response) => {
    const token = (headers.authorization ?? '').replace('Bearer ', '');
    const name = Object.keys(answers).find((path) => url.startsWith(`/v1/${path}`)) ?? '';
    const [status, more, body] = answers[name]?.(token) ?? [404, {}, {}];
    const version = headers['polar-version'] ?? '';
    response.writeHead(status, { 'content-type': 'application/json', 'polar-version': version, ...more });
    response.end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const list = (items: unknown[]) => ({ items, pagination: { total_count: items.length, max_page: 1 } });

test('a token that the API repeats is in no table, log, error or output', async () => {
  const db = await freshDatabase();
  const token = 'polar_oat_recognisable+token';
  const settings = (url: string) => ({
    DATABASE_URL: db.url,
    POLAR_ACCESS_TOKEN: token,
    POLAR_API_URL: url,
    LOG_LEVEL: 'trace',
    ...CORE_STREAMS,
  });
  const refusing = await echoingApi({
    'checkout-links': (sent) => [302, { location: `https://login.example/in?token=${encodeURIComponent(sent)}` }, {}],
    checkouts: (sent) => [
      422,
      {},
      { error: 'RequestValidationError', detail: [{ loc: ['query', 'page'], msg: `bad: Bearer ${sent}`, type: 'x' }] },
    ],
  });
  const refused = await run(['sync', '--json'], settings(refusing));
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain('to https://login.example/in: the token is not sent there');
  expect(refused.stdout).toContain('page: bad: Bearer [POLAR_ACCESS_TOKEN]');
  const repeating = await echoingApi({
    'checkout-links': (sent) => [
      200,
      {},
      list([
        {
          id: '00000000-0000-4000-8000-000000000001',
          created_at: '2026-01-01T00:00:00Z',
          label: sent,
          x: { y: [sent] },
        },
        `a record that is a text: ${sent}`,
      ]),
    ],
    checkouts: () => [200, {}, list([])],
  });
  const repeated = await run(['sync', '--json'], settings(repeating));
  const status = await run(['status', '--json'], settings(repeating));
  const everything = await dump(db);
  expect(everything).toContain('[POLAR_ACCESS_TOKEN]');
  const said = [refused, repeated, status].flatMap(({ stdout, stderr }) => [stdout, stderr]);
  expect([everything, ...said].join('\n')).not.toContain('recognisable');
});
