import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser } from '../support/browser.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { startService, until } from '../support/service.ts';
import { atEnd, shared } from '../support/shared.ts';
import { CORE_STREAMS } from '../support/source.ts';

/** Collects the problems of a page: errors, console messages of level error, failed and refused requests. */
function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('requestfailed', (request) => problems.push(`${request.url()} ${request.failure()?.errorText}`));
  page.on(
    'response',
    (response) => response.status() >= 400 && problems.push(`${response.url()} ${response.status()}`),
  );
  return problems;
}

/** The service in the middle of its first walk, and a browser that looks at it. */
async function look() {
  const polar = await startPolar({ links: 5, checkouts: 2400 });
  const db = await freshDatabase();
  const gates = new Map([
    [6, Promise.withResolvers<void>()],
    [18, Promise.withResolvers<void>()],
  ]);
  polar.intercept(({ path, query }) =>
    path === '/v1/checkouts/' && query.get('sorting') === 'created_at'
      ? gates.get(Number(query.get('page')))?.promise
      : undefined,
  );
  const service = await startService(db, {
    POLAR_ACCESS_TOKEN: polar.token,
    POLAR_API_URL: polar.url,
    POLAR_REQUESTS_PER_MINUTE: '100000',
    ...CORE_STREAMS,
  });
  const browser = await launchBrowser();
  atEnd(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  const problems = watch(page);
  return { service, page, problems, open: (number: number) => gates.get(number)?.resolve() };
}

describe.runIf(hasBrowser())('in a browser', () => {
  const looking = shared(look);

  test('the status page shows the walk, its bar moves, and nothing goes wrong', async () => {
    const { service, page, problems, open } = looking();
    await page.goto(service.url);
    const bar = page.locator('article', { hasText: 'polar.checkouts' }).locator('progress:visible');
    const share = async () =>
      Number(await bar.getAttribute('value', { timeout: 120_000 })) / Number((await bar.getAttribute('max')) ?? 1);
    await bar.waitFor();
    await until('the bar shows a part', async () => (await share()) > 0);
    const before = await share();
    open(6);
    await until('the bar has moved', async () => (await share()) > before + 0.2);
    open(18);
    await page.getByText('Everything is up to date.').waitFor();
    expect(await page.locator('body').innerText()).toContain('2,400');
    expect(problems).toEqual([]);
  });

  test('the dashboard of the queue shows its jobs, and nothing goes wrong', async () => {
    const { service, page, problems, open } = looking();
    open(6);
    open(18);
    const { queues } = (await (await fetch(`${service.url}/queues/api/queues`)).json()) as {
      queues: { name: string }[];
    };
    await page.goto(`${service.url}/queues/queue/${queues[0]?.name}?status=completed`);
    await page.getByText('polar.checkouts').first().waitFor();
    // It would like a font from another host, which its policy forbids: nobody outside learns that it was opened.
    expect(problems.filter((problem) => !problem.includes('fonts.googleapis.com'))).toEqual([]);
    expect(problems).toContainEqual(expect.stringContaining('csp'));
  });
});
