import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { fc } from '../support/fast-check.ts';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { openDatabase, type Database } from '../../src/database/database.ts';
import { planWork } from '../../src/work-plan.ts';
import { startWorker } from '../../src/worker.ts';
import { freshDatabase } from '../support/database.ts';
import { startFynn } from '../support/fynn.ts';
import { startPolar } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { CORE_STREAMS } from '../support/source.ts';
import { casesOf, parameters, sayCount, timeFor } from './cases.ts';
import { leaks } from './leaks.ts';
import { MARKER } from './mutate.ts';
import { baseBodies, SECRETS, sentOf, webhookPlan, type Sent } from './webhook-cases.ts';

const AT_ONCE = 25;
const CASES = casesOf({ usual: 200, slow: 3000, share: 0.15 });
const LONGEST_MS = 20_000;

/** The service with both webhooks on and nothing scheduled, and everything it logs. */
async function startLogged(db: Database) {
  const [polar, fynn] = [
    await startPolar({ links: 3, checkouts: 20, scopes: 'every' }),
    await startFynn({ links: 2, prices: 4 }),
  ];
  polar.streams['polar.refunds']?.seed(3);
  let log = '';
  const logger = pino({ level: 'trace' }, { write: (line: string) => void (log += line) });
  const off = ['POLAR_CHECKOUT_LINKS_FULL', 'POLAR_CHECKOUTS_FULL', 'POLAR_CHECKOUTS_INCREMENTAL'];
  const schedules = [...off, 'FYNN_CHECKOUT_LINKS_FULL', 'FYNN_PRICE_PLANS_FULL'];
  const config = parseConfig({
    PORT: '0',
    POLAR_ACCESS_TOKEN: polar.token,
    POLAR_API_URL: polar.url,
    ...CORE_STREAMS,
    POLAR_WEBHOOK_SECRET: SECRETS.polar,
    FYNN_API_KEY: fynn.apiKey,
    FYNN_API_URL: fynn.url,
    FYNN_WEBHOOK_SECRET: SECRETS.fynn,
    ...Object.fromEntries(schedules.map((name) => [`SYNC_SCHEDULE_${name}`, 'off'])),
  });
  const own = await openDatabase(db.url);
  const worker = await startWorker(planWork(config), own, logger, new AbortController().signal);
  onTestFinished(async () => {
    await worker.close();
    await own.close();
  });
  return { url: worker.url, bases: baseBodies(polar, fynn), log: () => log };
}

interface Answer {
  status: number;
  text: string;
}

/** Sends a webhook; headers are bytes, so that they need not be ASCII. */
function post(url: string, agent: Agent, { source, body, headers }: Sent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(
    `${url}/webhooks/${source}`,
    { method: 'POST', agent, headers, timeout: LONGEST_MS },
    (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    },
  );
  sent.on('error', reject).on('timeout', () => sent.destroy(new Error(`no response within ${LONGEST_MS} ms`)));
  sent.end(body);
  return promise;
}

test(
  'whatever is posted as a webhook is answered, and stored only with the right signature',
  timeFor(CASES),
  async () => {
    const db = await freshDatabase();
    const { url, bases, log } = await startLogged(db);
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    onTestFinished(() => agent.destroy());
    let count = 0;
    let taken = 0;
    const property = fc.asyncProperty(
      fc.array(webhookPlan, { minLength: AT_ONCE, maxLength: AT_ONCE }),
      async (plans) => {
        const all = plans.map((plan) => sentOf(plan, bases, (count += 1)));
        const answers = await Promise.all(all.map((sent) => post(url, agent, sent)));
        for (const [index, sent] of all.entries()) expectAnswer(sent, answers[index]);
        taken += answers.filter(({ text }) => /"outcome":"(?!duplicate)/.test(text)).length;
        expect(await value(db, 'select count(*)::int from sync.webhook_events')).toBe(taken);
      },
    );
    await fc.assert(property, parameters(Math.ceil(CASES / AT_ONCE)));
    await expectGood(url, agent, bases.polar[0] ?? '', db);
    expect(await leaks(db)).toEqual([]);
    expect(log()).not.toContain(MARKER);
    expect(log()).not.toContain('"level":50');
    sayCount('webhooks', count);
  },
);

function expectAnswer(sent: Sent, answer: Answer | undefined): void {
  const shown = `${sent.source} ${JSON.stringify(sent.headers).slice(0, 1000)} ${sent.body.toString('utf8').slice(0, 3000)}`;
  expect({ status: answer?.status, shown }).toEqual({ status: sent.status, shown });
  expect(answer?.text).not.toContain(MARKER);
}

/** A faultless webhook is stored as if nothing had been. */
async function expectGood(url: string, agent: Agent, base: string, db: Database): Promise<void> {
  const fresh = 'f0000000-0000-4000-8000-000000000001';
  const body = base.replace(/"id":"[^"]*"/, `"id":"${fresh}"`);
  const plan = { source: 'polar', signing: 'right', id: fresh, header: '', contentType: 'application/json' } as const;
  const damage = { kind: 'other', at: 0, bytes: new Uint8Array(), text: body } as const;
  const mutation = { base: 0, edits: [], instead: undefined, shares: false, secret: '' };
  const sent = sentOf({ ...plan, damage, body: mutation }, { polar: [body], fynn: [] }, 1);
  expect(await post(url, agent, sent)).toEqual({ status: 200, text: '{"outcome":"applied"}' });
  expect(await rows(db, 'select status from polar.checkouts where id = $1', [fresh])).toHaveLength(1);
}

const rawRequest = fc.record({
  lines: fc.array(
    fc.oneof(
      fc.constantFrom(
        'webhook-id: a',
        'webhook-id: b',
        'webhook-id',
        'webhook-id:',
        ': x',
        'content-length: 5',
        'content-length: -1',
        'transfer-encoding: chunked',
        'expect: 100-continue',
        'webhook-timestamp: \0',
        'x-webhook-signature: ü',
        'content-type: ',
        'connection: upgrade',
      ),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constant(`webhook-id: ${'x'.repeat(20_000)}`),
    ),
    { maxLength: 6 },
  ),
  path: fc.constantFrom('/webhooks/polar', '/webhooks/fynn', '/webhooks/none', '/webhooks/%00', '*', ''),
  body: fc.string({ maxLength: 20 }),
});

/** Sends bytes that may not be HTTP. Returns everything received until the connection ends. */
function exchange(url: string, bytes: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const { hostname, port } = new URL(url);
  let text = '';
  const socket = connect(Number(port), hostname, () => socket.end(bytes));
  socket.setTimeout(LONGEST_MS, () => socket.destroy());
  socket.setEncoding('utf8').on('data', (part: string) => (text += part));
  socket.on('error', () => undefined).on('close', () => resolve(text));
  return promise;
}

test('headers that are none get an answer of the parser, and nothing is stored', timeFor(CASES), async () => {
  const db = await freshDatabase();
  const { url, log } = await startLogged(db);
  const numRuns = Math.ceil(CASES / 10);
  const property = fc.asyncProperty(rawRequest, async ({ lines, path, body }) => {
    const answer = await exchange(
      url,
      `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${lines.join('\r\n')}\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^(?:$|HTTP\/1\.1 (?:100|400|401|404|411|413|415|417|431) )/);
  });
  await fc.assert(property, parameters(numRuns));
  expect(await value(db, 'select count(*)::int from sync.webhook_events')).toBe(0);
  expect(log()).not.toContain('"level":50');
  sayCount('headers', numRuns);
});
