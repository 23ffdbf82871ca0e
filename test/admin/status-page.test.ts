import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RecentRun } from '../../src/ledger/status.ts';
import type { ServiceStatus } from '../../src/admin/status.ts';
import { statusPage } from '../../src/admin/status-page.ts';
import { hasBrowser, launchBrowser } from '../support/browser.ts';
import { atEnd, shared } from '../support/shared.ts';

const NOW = Date.parse('2026-11-21T10:31:07.000Z');
const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
const before = (ms: number) => new Date(NOW - ms).toISOString();

type StreamStatus = ServiceStatus['streams'][number];
type RunningWalk = NonNullable<StreamStatus['walk']>;

const sessions: StreamStatus = {
  account: 'default',
  stream: 'polar.checkouts',
  lastComplete: {
    mode: 'incremental',
    startedAt: before(38 * SECOND),
    finishedAt: before(34 * SECOND),
    records: 412,
  },
  freshnessMs: 38 * SECOND,
  rows: 1_204_331,
  deleted: 87,
  isEstimated: true,
  rejected: 0,
  pendingDeletions: null,
  skewed: null,
  walk: null,
  lastError: null,
  staleAfterMs: 15 * MINUTE,
};

const links: StreamStatus = {
  account: 'default',
  stream: 'polar.checkout_links',
  lastComplete: { mode: 'full', startedAt: before(4 * MINUTE), finishedAt: before(4 * MINUTE - 700), records: 64 },
  freshnessMs: 4 * MINUTE,
  rows: 64,
  deleted: 1,
  isEstimated: false,
  rejected: 0,
  pendingDeletions: null,
  skewed: null,
  walk: null,
  lastError: null,
  staleAfterMs: 15 * MINUTE,
};

const never: StreamStatus = { ...links, lastComplete: null, freshnessMs: null, rows: 0, deleted: 0 };

const walk: RunningWalk = {
  mode: 'full',
  startedAt: before(2 * MINUTE),
  isRunning: true,
  pages: 300,
  records: 30_000,
  total: 120_000,
  etaMs: 6 * MINUTE,
};

const run: RecentRun = {
  id: 9,
  account: 'default',
  stream: 'polar.checkouts',
  mode: 'incremental',
  startedAt: before(38 * SECOND),
  finishedAt: before(34 * SECOND),
  outcome: 'complete',
  requests: 6,
  records: 412,
  inserted: 31,
  updated: 58,
  tombstoned: 2,
  rejected: 0,
  error: null,
  errorCode: null,
};

const calm: ServiceStatus = {
  at: before(0),
  queue: { backend: 'redis', counts: { active: 1, waiting: 0, delayed: 3, completed: 200, failed: 0 } },
  streams: [links, sessions],
  runs: [run],
  rejections: [],
  otherRejections: [],
  webhooks: [{ source: 'polar', account: 'default', received: 1834, rejected: 2, lastReceivedAt: before(12 * SECOND) }],
};

const policy = (nonce: string) =>
  `default-src 'none'; connect-src 'self'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src data:`;

function sendPage(response: ServerResponse) {
  const nonce = randomBytes(16).toString('base64');
  response
    .setHeader('content-security-policy', policy(nonce))
    .setHeader('content-type', 'text/html; charset=utf-8')
    .end(statusPage(nonce));
}

const answer = (status: ServiceStatus) => (response: ServerResponse) => void response.end(JSON.stringify(status));

/** The service of one test: how it answers status.json can change at any time. */
async function serve(status: ServiceStatus) {
  const service = { url: '', respond: answer(status), paths: [] as string[] };
  const server = createServer((request, response) => {
    service.paths.push(request.url ?? '');
    if (request.url === '/ops/') sendPage(response);
    else if (request.url === '/ops/status.json') service.respond(response);
    else response.writeHead(404).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops/`;
  return service;
}

const card = (page: Page, stream: string) => page.getByRole('article').filter({ hasText: stream });
const cells = (page: Page, table: string) => page.getByRole('table', { name: table }).getByRole('cell').allInnerTexts();
const has = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const walking = (changes: Partial<RunningWalk>): ServiceStatus => ({
  ...calm,
  streams: [links, { ...sessions, walk: { ...walk, ...changes } }],
});

describe.runIf(hasBrowser())('in a browser', () => {
  const browser = shared(async () => {
    const launched = await launchBrowser();
    atEnd(() => launched.close());
    return launched;
  });

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser().newContext({ viewport: { width: 1280, height: 900 }, ...options });
    atEnd(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    return page;
  }

  /** A tab for the tests that change nothing of it; each opens a page of its own in it. */
  const tab = shared(() => openPage());

  /** A page that shows the status, its service, and what went wrong in the browser. */
  async function show(status: ServiceStatus, options?: BrowserContextOptions) {
    const service = await serve(status);
    const page = options ? await openPage(options) : tab();
    const problems: string[] = [];
    await page.goto('about:blank'); // ends what the test before has left
    page.removeAllListeners();
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('requestfailed', (request) => problems.push(`${request.url()} failed`));
    await page.goto(service.url);
    await page.getByRole('heading', { name: 'Streams' }).waitFor();
    return { service, page, problems };
  }

  test('the page shows what is stored, without an error and without asking for anything else', async () => {
    const { page, problems, service } = await show(calm);
    await has(page, 'Everything is up to date.');
    expect(await page.title()).toBe('checkout-sync');
    expect(await page.locator('link[rel=icon]').getAttribute('href')).toMatch(/^data:image/);
    const shown = await card(page, sessions.stream).innerText();
    const last = 'Incremental walk, complete 34 seconds ago: 412 records in 4.0 s';
    for (const text of ['fresh', '38 seconds old', last, 'about 1,204,331', 'about 87']) expect(shown).toContain(text);
    expect(await page.getByRole('progressbar').count()).toBe(0);
    await expect.poll(() => service.paths.length).toBeGreaterThan(3);
    expect(new Set(service.paths)).toEqual(new Set(['/ops/', '/ops/status.json']));
    expect(problems).toEqual([]);
  });

  test('the tables list the last runs, the rejected records and the webhooks', async () => {
    const running = { ...run, finishedAt: null, outcome: null };
    const failed = {
      ...run,
      outcome: 'failed',
      rejected: 3,
      error: 'HTTP 502 after 5 attempts',
      errorCode: 'CS4107' as const,
    };
    const rejection = {
      account: 'default',
      stream: links.stream,
      recordId: null,
      reason: 'no id',
      firstSeenAt: before(3 * HOUR),
    };
    const { page, problems } = await show({ ...calm, runs: [running, failed], rejections: [rejection] });
    const text = await cells(page, 'Last runs');
    const first = 'polar.checkouts|incremental|running|38 seconds ago|38.0 s|6|412|31|58|2|0';
    const second =
      'polar.checkouts|incremental|failed|38 seconds ago|4.0 s|6|412|31|58|2|3|CS4107: HTTP 502 after 5 attempts';
    expect(text.join('|')).toBe(`${first}|${second}`);
    expect(await cells(page, 'Rejected records')).toEqual([links.stream, 'unknown', 'no id', '3 hours ago']);
    expect(await cells(page, 'Webhooks')).toEqual(['polar', '1,834', '2', '12 seconds ago']);
    expect(problems).toEqual([]);
  });

  test('rejected records of no stream are said of their source', async () => {
    const { page } = await show({ ...calm, otherRejections: [{ account: 'default', stream: 'polar', rejected: 2 }] });
    await has(page, 'Records of polar were rejected.');
  });

  test('deletions that wait for a second walk are said', async () => {
    const pendingDeletions = { records: 60, foundAt: before(MINUTE) };
    const { page } = await show({ ...calm, streams: [{ ...links, pendingDeletions }] });
    await has(page, `60 records of ${links.stream} are missing at the source: a second full walk`);
  });

  test('a stream that is left out names the scope that it lacks, and is no concern', async () => {
    const missingScope = { scope: 'orders:read', isLeftOut: true };
    const lastError = {
      at: before(MINUTE),
      code: 'CS4202' as const,
      message: 'the access token lacks the scope orders:read (403)',
    };
    const orders = { ...links, stream: 'polar.orders', lastComplete: null, freshnessMs: null, lastError, missingScope };
    const { page } = await show({ ...calm, streams: [orders] });
    await has(page, 'Everything is up to date.');
    const shown = await card(page, 'polar.orders').innerText();
    for (const text of ['left out', 'Missing scope: orders:read']) expect(shown).toContain(text);
  });

  test('what is empty says so', async () => {
    const { page } = await show({ ...calm, runs: [], rejections: [], webhooks: [] });
    for (const text of ['No run yet.', 'None: every record became a row.', 'None received.']) await has(page, text);
    expect(await page.getByRole('table').count()).toBe(0);
  });

  test('the queue shows its backend and counts, with links to the dashboard and the metrics', async () => {
    const { page } = await show(calm);
    const queue = page.getByRole('region', { name: 'Queue' });
    expect((await queue.getByRole('definition').allInnerTexts()).map(Number)).toEqual([1, 0, 3, 200, 0]);
    expect(await queue.getByText('redis').count()).toBe(1);
    const targets = ['queues', 'metrics'].map((href) => page.locator(`a[href="${href}"]`).first().isVisible());
    expect(await Promise.all(targets)).toEqual([true, true]);
  });

  test('a queue that does not respond is reported', async () => {
    const { page, service } = await show(calm);
    service.respond = answer({
      ...calm,
      queue: { backend: 'redis', error: 'connect ECONNREFUSED', errorCode: 'CS3101' },
    });
    await has(page, 'The queue does not respond.');
    expect(await page.getByRole('region', { name: 'Queue' }).innerText()).toContain('CS3101: connect ECONNREFUSED');
    expect(await page.getByRole('definition').filter({ hasText: '200' }).count()).toBe(0);
  });

  test('the bar of a full walk moves as records come, and goes when the walk is complete', async () => {
    const { page, service, problems } = await show(walking({}));
    const bar = page.getByRole('progressbar');
    const drawn = await bar.elementHandle();
    expect(await drawn?.getAttribute('value')).toBe('0.25');
    await has(page, '25%, 6 minutes left');
    service.respond = answer(walking({ records: 60_000, pages: 600, etaMs: 90 * SECOND }));
    await has(page, '60,000 of 120,000 records, 600 pages');
    await has(page, '50%, 1 minute left');
    expect(await drawn?.getAttribute('value')).toBe('0.5');
    service.respond = answer(calm);
    await bar.waitFor({ state: 'hidden' });
    expect(problems).toEqual([]);
  });

  test.each([
    ['before the source has told a total', { total: null, etaMs: null }],
    ['of an incremental walk, which reads a part of the total', { mode: 'incremental', etaMs: null }],
  ])('the bar has no end %s', async (_, changes) => {
    const { page } = await show(walking(changes));
    expect(await page.getByRole('progressbar').getAttribute('value')).toBeNull();
    await has(page, /^30,000 records, 300 pages/);
  });

  test('an interrupted walk is said so and has no bar', async () => {
    const { page } = await show(walking({ isRunning: false, records: 0, total: null, etaMs: null }));
    const shown = await card(page, sessions.stream).innerText();
    for (const text of ['Full walk interrupted after 300 pages, started 2 minutes ago', 'The next run resumes there.'])
      expect(shown).toContain(text);
    expect(await page.getByRole('progressbar').count()).toBe(0);
  });

  test('a stream that was never walked says so, and what an operator should look at comes first', async () => {
    const { page, problems, service } = await show({ ...calm, streams: [never, sessions] });
    await has(page, 'polar.checkout_links was never walked completely.');
    const shown = await card(page, never.stream).innerText();
    for (const text of ['never', 'No complete walk yet']) expect(shown).toContain(text);
    expect(shown).not.toContain('old');
    service.respond = answer({ ...calm, streams: [{ ...never, walk }, sessions] });
    await has(page, 'polar.checkout_links is on its first walk.');
    expect(problems).toEqual([]);
  });

  test('a stream is stale when it was not walked for longer than its schedules make likely', async () => {
    const { page, service } = await show({ ...calm, streams: [{ ...links, freshnessMs: 15 * MINUTE - 1 }] });
    await has(page, 'Everything is up to date.');
    service.respond = answer({ ...calm, streams: [{ ...links, freshnessMs: 15 * MINUTE }] });
    await has(page, 'polar.checkout_links is stale.');
    expect(await card(page, links.stream).innerText()).toContain('15 minutes old');
  });

  test('markup in an error stays text', async () => {
    const attack = `<img src=x onerror="document.title='broken'"><script>document.title='broken'</script>`;
    const { page, problems } = await show({
      ...calm,
      queue: { backend: 'redis', error: attack, errorCode: 'CS3101' },
      streams: [{ ...links, lastError: { at: before(MINUTE), code: null, message: attack } }],
      runs: [{ ...run, outcome: 'failed', error: attack }],
      rejections: [{ account: 'default', stream: attack, recordId: attack, reason: attack, firstSeenAt: before(HOUR) }],
    });
    expect(await page.getByText(attack).count()).toBe(6);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toBe('checkout-sync');
    expect(problems).toEqual([]);
  });

  test('the page says since when it has no answer, and goes on when there is one again', async () => {
    const { page, service } = await show(calm);
    const note = page.getByRole('status');
    const broken = [
      [/^No response since \d.+ \(HTTP 503\)/, (response: ServerResponse) => void response.writeHead(503).end()],
      [/^No response since \d.+ \(Failed to fetch\)/, (response: ServerResponse) => void response.destroy()],
      [/^No response since \d.+ is not valid JSON/, (response: ServerResponse) => void response.end('<p>sign in</p>')],
    ] as const;
    for (const [text, respond] of broken) {
      service.respond = respond;
      await note.filter({ hasText: text }).waitFor();
      expect(await card(page, sessions.stream).isVisible()).toBe(true);
      service.respond = answer(calm);
      await expect.poll(() => note.innerText(), { timeout: 120_000 }).toBe('');
    }
  });

  /** A page whose timers run only when the test says so, and how many times it has asked so far. */
  async function showAtRest(status: ServiceStatus) {
    const service = await serve(status);
    const page = await openPage();
    await page.clock.install({ time: NOW });
    await page.clock.pauseAt(NOW + SECOND);
    await page.goto(service.url);
    await has(page, 'Everything is up to date.');
    const asked = async () => {
      await page.evaluate(`fetch('status.json?probe')`); // whatever the page sent before has arrived after this
      return service.paths.filter((path) => path === '/ops/status.json').length;
    };
    return { service, page, asked };
  }

  test('the page asks again a second after an answer, and not before it has one', async () => {
    const { service, page, asked } = await showAtRest(calm);
    const held: ServerResponse[] = [];
    service.respond = (response) => void held.push(response);
    await page.clock.runFor(SECOND - 1);
    expect(await asked()).toBe(1);
    await page.clock.runFor(1);
    await expect.poll(() => held).toHaveLength(1);
    await page.clock.runFor(9 * SECOND);
    expect(await asked()).toBe(2);
    service.respond = answer(calm);
    held.forEach(answer({ ...calm, streams: [never] }));
    await has(page, 'polar.checkout_links was never walked completely.');
    await page.clock.runFor(SECOND);
    await has(page, 'Everything is up to date.');
    expect(await asked()).toBe(3);
  });

  test('an answer that takes more than ten seconds is none', async () => {
    const { service, page, asked } = await showAtRest(calm);
    const held: ServerResponse[] = [];
    service.respond = (response) => void held.push(response);
    await page.clock.runFor(SECOND);
    await expect.poll(() => held).toHaveLength(1);
    await page.clock.runFor(10 * SECOND);
    await has(page, /^No response since \d/);
    expect(await asked()).toBe(2);
  });

  test('a hidden tab asks every 15 seconds, and at once when it is shown', async () => {
    const { service, page, asked } = await showAtRest(calm);
    const hide = (isHidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });
      document.dispatchEvent(new Event('visibilitychange'))`);
    await hide(true);
    service.respond = answer({ ...calm, streams: [never] });
    await page.clock.runFor(SECOND);
    await has(page, 'polar.checkout_links was never walked completely.');
    await page.clock.runFor(15 * SECOND - 1);
    expect(await asked()).toBe(2);
    service.respond = answer(calm);
    await page.clock.runFor(1);
    await has(page, 'Everything is up to date.');
    service.respond = answer({ ...calm, streams: [never] });
    await hide(false);
    await has(page, 'polar.checkout_links was never walked completely.');
    expect(await asked()).toBe(4);
  });

  test('the page works where its URL has a password in it', async () => {
    const service = await serve(calm);
    const page = await openPage();
    await page.goto(service.url.replace('//', '//operator:secret@'));
    await has(page, 'Everything is up to date.');
  });

  test.each(['light', 'dark'] as const)('a phone scrolls the %s page in one direction only', async (colorScheme) => {
    const long = `page 3: ${'https://api.polar.sh/v1/checkouts/?sorting=created_at&page=3'.repeat(3)}`;
    const id = '3f0c7c2e-6a9e-4f0e-9a3e-0d7f3c1e5b01';
    const { page } = await show(
      {
        ...walking({}),
        streams: [
          links,
          { ...sessions, walk, rows: 1_204_331_000, lastError: { at: before(MINUTE), code: null, message: long } },
        ],
        runs: [run, { ...run, outcome: 'interrupted', inserted: 1_204_331_000, error: long }],
        rejections: [
          { account: 'default', stream: links.stream, recordId: id, reason: long, firstSeenAt: before(HOUR) },
        ],
      },
      { viewport: { width: 360, height: 740 }, colorScheme },
    );
    await has(page, long);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const bare = `[...document.querySelectorAll('td, dd, h3, p')].filter((e) => e.getBoundingClientRect().right > 360)`;
    expect(await page.evaluate(`${bare}.length`)).toBe(0);
    const [red = 0] =
      String(await page.evaluate('getComputedStyle(document.body).backgroundColor')).match(/\d+/g) ?? [];
    expect(Number(red) > 128).toBe(colorScheme === 'light');
  });
});
