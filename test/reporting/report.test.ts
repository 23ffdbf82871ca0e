import { execFileSync } from 'node:child_process';
import { chmod, link, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { figureSql, type FigureName, type FigureRow } from '../../src/reporting/report/figures.ts';
import { addMonths } from '../../src/reporting/report/month.ts';
import { moneyText } from '../../src/reporting/report/numerals.ts';
import type { MonthReport } from '../../src/reporting/report/report.ts';
import { grantReader } from '../../src/reporting/readers.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { hasBrowser, launchBrowser } from '../support/browser.ts';
import { asNewRole, connectClient, freshDatabase, sharedDatabase } from '../support/database.ts';
import { leaksIn, plantedPerson, plantSessions } from '../support/planted-person.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows } from '../support/records.ts';
import { call } from '../support/run.ts';

const NAMES = ['<script>alert(1)</script>', 'כרטיס להפלגה', '🚢 & "sails"', 'Very long '.repeat(30)];
const CAMPAIGN = '"><script>alert(2)</script>';
const TIMEZONE = 'America/St_Johns';
const STREAMS = 'checkouts,checkout_links,orders,subscriptions,refunds,custom_fields';
const person = plantedPerson('planted', 7);

const merchant = sharedDatabase();
let lastMonth: MonthReport;
beforeAll(async () => {
  const simulator = await startSimulator({
    seed: 3,
    links: 12,
    checkouts: 240,
    scopes: 'every',
    requestsPerMinute: null,
  });
  const { polar } = simulator;
  for (const [index, id] of [...polar.products.keys()].entries())
    polar.updateProduct(id, { name: `${NAMES[index % NAMES.length]} ${index}` });
  const ids = [...polar.checkouts.keys()];
  for (const id of ids.filter((_, index) => index % 2 === 0))
    polar.backfillCheckout(id, { metadata: { utm_source: CAMPAIGN }, custom_field_data: { gift: true } });
  const gift = polar.createCustomField({ type: 'checkbox', slug: 'gift', name: 'Is it a gift?' });
  for (const id of polar.products.keys()) polar.attachCustomField(id, gift.id);
  plantSessions(simulator, person, ids.slice(-3));
  const { code, stderr } = await call(['sync'], {
    ...settingsOf(merchant().url),
    POLAR_ACCESS_TOKEN: simulator.token,
    POLAR_API_URL: simulator.url,
    POLAR_REQUESTS_PER_MINUTE: '100000',
    POLAR_STREAMS: STREAMS,
  });
  await simulator.close();
  expect([stderr.slice(0, 1000), code]).toEqual(['', 0]);
  lastMonth = await figuresOf(merchant().url);
});

const settingsOf = (url: string) => ({ DATABASE_URL: url, REPORT_TIMEZONE: TIMEZONE });

async function figuresOf(url: string, ...args: string[]): Promise<MonthReport> {
  const { stdout, stderr, code } = await call(['report', '--json', ...args], settingsOf(url));
  expect([stderr, code]).toEqual(['', 0]);
  return JSON.parse(stdout);
}

async function reportsFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-report-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function pageOf(url: string, ...args: string[]): Promise<{ file: string; page: string; text: string }> {
  const file = join(await reportsFolder(), 'report.html');
  const { stdout, stderr, code } = await call(['report', '--out', file, ...args], settingsOf(url));
  expect([stderr, code, stdout]).toEqual(['', 0, expect.stringContaining(file)]);
  const page = await readFile(file, 'utf8');
  return { file, page, text: page.replaceAll(/<style>[^]*?<\/style>|<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ') };
}

/** Sums of columns for each group of rows; amounts that nothing is known of are null. */
function summed(
  found: readonly Record<string, unknown>[],
  by: readonly string[],
  columns: readonly string[],
): string[] {
  const groups = Map.groupBy(found, (row) => by.map((column) => String(row[column])).join(' '));
  const sum = (group: readonly Record<string, unknown>[], column: string) => {
    const values = group.map((row) => row[column]).filter((value) => value !== null);
    return values.length > 0 ? values.reduce<number>((total, value) => total + Number(value), 0) : null;
  };
  return [...groups]
    .map(([key, group]) => `${key}: ${columns.map((column) => String(sum(group, column))).join(' ')}`)
    .toSorted();
}

const lines = (figure: readonly FigureRow[], by: readonly string[], columns: readonly string[]) =>
  figure
    .map(
      (row) =>
        `${by.map((name) => String(row[name])).join(' ')}: ${columns.map((name) => String(row[name])).join(' ')}`,
    )
    .toSorted();

/** Every session, with a column of 1 or 0 for each thing that is counted. */
const SESSIONS = `select to_char(created_day, 'YYYY-MM-01') as month, created_day::text as day, product_id, currency, country, utm_source,
  discount_id, link_id, link_match, 1 as opened, (outcome = 'paid')::int as paid, (outcome = 'abandoned')::int as abandoned,
  (outcome = 'free')::int as free, is_settled::int as settled,
  case when outcome = 'paid' then net_amount end as net_amount, case when outcome = 'paid' then discount_given end as discount_given,
  extract(isodow from created_at at time zone '${TIMEZONE}')::int as weekday, extract(hour from created_at at time zone '${TIMEZONE}')::int as hour
  from analytics.checkouts`;

test('its figures are those of the views, whoever counts them', async () => {
  const { figures, month } = lastMonth;
  const sessions = await rows(merchant(), SESSIONS);
  const own = sessions.filter((row) => row.month === `${month}-01`);
  const months = new Set(figures.sessions.map((row) => row.month));
  const both = sessions.filter((row) => months.has(String(row.month)));
  const counts = ['opened', 'paid', 'free', 'abandoned', 'settled'];
  expect(own.length).toBeGreaterThan(30);
  expect(lines(figures.sessions, ['month'], counts)).toEqual(summed(both, ['month'], counts));
  expect(lines(figures.days, ['day'], ['opened', 'paid', 'abandoned'])).toEqual(
    summed(own, ['day'], ['opened', 'paid', 'abandoned']),
  );
  expect(lines(figures.hours, ['weekday', 'hour'], ['paid'])).toEqual(
    summed(
      own.filter(({ paid }) => paid === 1),
      ['weekday', 'hour'],
      ['paid'],
    ),
  );
  const tops = [
    [figures.countries, ['country'], ['opened', 'paid']],
    [figures.discounts, ['discount_id', 'currency'], ['opened', 'paid', 'discount_given']],
    [figures.links, ['link_id', 'link_match', 'currency'], ['opened', 'paid', 'net_amount']],
    [figures.products, ['product_id', 'currency'], ['opened']],
  ] as const;
  for (const [figure, by, columns] of tops)
    expect(summed(own, by, columns)).toEqual(expect.arrayContaining(lines(figure, by, columns)));
  const tagged = own.filter((row) => row.utm_source !== null);
  expect(summed(tagged, ['utm_source', 'currency'], ['paid'])).toEqual(
    expect.arrayContaining(lines(figures.campaigns, ['utm_source', 'currency'], ['paid'])),
  );
});

test('its amounts are those of sales, orders, refunds, subscriptions and abandoned sessions, each in its currency', async () => {
  const { figures, month, previousMonth } = lastMonth;
  const named = (column: string) => `to_char(${column} at time zone '${TIMEZONE}', 'YYYY-MM-01') as month`;
  const expected = [
    [
      figures.revenue,
      `select ${named('completed_at')}, currency, 1 as sales, net_amount, tax_amount from analytics.checkouts where outcome = 'paid'`,
      ['sales', 'net_amount', 'tax_amount'],
    ],
    [
      figures.orders,
      `select ${named('created_at')}, currency, 1 as orders, net_amount from analytics.orders where is_paid`,
      ['orders', 'net_amount'],
    ],
    [
      figures.refunds,
      `select ${named('created_at')}, currency, 1 as refunds, amount from polar.refunds where status = 'succeeded'`,
      ['refunds', 'amount'],
    ],
    [
      figures.abandoned,
      `select ${named('created_at')}, currency, 1 as abandoned, total_amount from analytics.checkouts where outcome = 'abandoned'`,
      ['abandoned', 'total_amount'],
    ],
  ] as const;
  for (const [figure, sql, columns] of expected) {
    const found = (await rows(merchant(), sql)).filter((row) =>
      [month, previousMonth].includes(String(row.month).slice(0, 7)),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(lines(figure, ['month', 'currency'], columns)).toEqual(summed(found, ['month', 'currency'], columns));
  }
  const active = await rows(
    merchant(),
    `select currency, monthly_amount as mrr_amount from analytics.subscriptions where to_char(started_at at time zone '${TIMEZONE}', 'YYYY-MM') <= '${month}'
       and coalesce(to_char(end_at at time zone '${TIMEZONE}', 'YYYY-MM') > '${month}', true)
       and coalesce(to_char(trial_end at time zone '${TIMEZONE}', 'YYYY-MM') <= '${month}', true)`,
  );
  const recurring = figures.mrr.filter((row) => row.month === `${month}-01` && row.mrr_amount !== '0');
  expect(lines(recurring, ['currency'], ['mrr_amount'])).toEqual(summed(active, ['currency'], ['mrr_amount']));
});

test('a reader makes it from the views alone: no personal data is in it, and names are text, whatever they contain', async () => {
  const { url, role } = await asNewRole(merchant().url, 'secret');
  await grantReader(merchant().pool, role, { contacts: false });
  const { page, text } = await pageOf(url);
  expect(leaksIn(page + JSON.stringify(lastMonth), person)).toEqual([]);
  expect(page).not.toMatch(/<script|javascript:/);
  expect(page).toContain('&quot;&gt;&lt;script&gt;alert(2)&lt;/script&gt;');
  expect(text).toContain('&lt;script&gt;alert(1)');
});

test('under each picture and table is the SQL that made it, which gives a reader the same figures', async () => {
  const { url, role } = await asNewRole(merchant().url, 'secret');
  await grantReader(merchant().pool, role, { contacts: false });
  const reader = await connectClient(url);
  const { page } = await pageOf(url);
  const names = new Map(
    Object.keys(lastMonth.figures).map((name) => [figureSql(name as FigureName, lastMonth), name as FigureName]),
  );
  const shown = [...page.matchAll(/<figure>([^]*?)<\/figure>/g)].map(([, figure = '']) => figure);
  const seen = new Set<FigureName>();
  for (const figure of shown) {
    const sql = unescaped(/<pre>([^]*?)<\/pre>/.exec(figure)?.[1] ?? '');
    const name = names.get(sql);
    if (name === undefined) throw new Error(`not the SQL of a figure: ${sql}`);
    const { rows: found } = await reader.query<{ row: FigureRow }>(`select to_jsonb(q) as row from (${sql}) q`);
    expect([name, found.map(({ row }) => plain(row))]).toEqual([name, lastMonth.figures[name].map(plain)]);
    if (/<svg(?! class="bar")/.test(figure))
      expect([name, numbersIn(figure)]).toEqual([name, lastMonth.figures[name].map(cellTexts)]);
    seen.add(name);
  }
  const without = Object.keys(lastMonth.figures).filter((name) => !seen.has(name as FigureName));
  expect(without).toEqual(['revenue', 'orders', 'refunds', 'metrics']);
});

const ENTITIES = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
const unescaped = (text: string) =>
  text.replaceAll(/&(?:lt|gt|quot|amp|#39);/g, (entity) => ENTITIES[entity as keyof typeof ENTITIES]);

/** A row with its amounts and counts as numbers, and its instants as Postgres has them in JSON. */
const plain = (row: FigureRow) =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plainCell(value)]));

function plainCell(value: FigureRow[string]): unknown {
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value).toISOString() : value;
}

const cellTexts = (row: FigureRow) => Object.values(row).map((value) => String(value ?? '–'));

/** The cells of the rows of the table of numbers below a picture. */
const numbersIn = (figure: string) =>
  [...figure.matchAll(/<tr>((?:<td>[^]*?<\/td>)+)<\/tr>/g)].map(([, cells = '']) =>
    [...cells.matchAll(/<td>([^]*?)<\/td>/g)].map(([, text = '']) => unescaped(text)),
  );

test('what stands beside a name that is written from right to left keeps its place', async () => {
  const { page } = await pageOf(merchant().url);
  expect(page).toMatch(/<bdi>כרטיס להפלגה \d+<\/bdi> · [A-Z]{3}</);
});

test('a new report takes the place of the old one when it is whole, and flows into a pipe', async () => {
  const folder = await reportsFolder();
  const [file, opened, pipe] = [join(folder, 'report.html'), join(folder, 'opened.html'), join(folder, 'pipe')];
  await writeFile(file, 'old');
  await chmod(file, 0o600);
  await link(file, opened); // who has opened the old one reads it to its end
  const write = (out: string) => call(['report', '--out', out], settingsOf(merchant().url));
  expect(await write(file)).toMatchObject({ code: 0, stderr: '' });
  expect([await readFile(opened, 'utf8'), (await stat(file)).mode & 0o777]).toEqual(['old', 0o600]);
  execFileSync('mkfifo', [pipe]);
  const [page] = await Promise.all([readFile(pipe, 'utf8'), write(pipe)]);
  expect([page.slice(0, 15), page.trimEnd().slice(-7)]).toEqual(['<!doctype html>', '</html>']);
  expect((await readdir(folder)).toSorted()).toEqual(['opened.html', 'pipe', 'report.html']);
});

test('amounts have the decimals of their currency, and unknown ones are not 0', () => {
  const shown = [
    ['1234', 'jpy', 0],
    ['1234', 'kwd', 3],
    ['-1230', 'usd', 2],
    ['0', 'eur', 2],
    [null, 'usd', 2],
    ['5', null, null],
  ].map(([amount, currency, digits]) => moneyText({ amount, currency, digits }));
  expect(shown).toEqual(['¥1,234', 'KWD\u00a01.234', '-$12.30', '€0.00', '–', '–']);
});

test('it says that there is nothing yet, which month had nothing, and what is not final', async () => {
  const { url } = await freshDatabase();
  const empty = await pageOf(url);
  expect(empty.text).toContain('Checkout sessions were not yet read completely');
  const withoutFormulas = empty.page.replaceAll(/<code>[^]*?<\/code>/g, '');
  expect([empty.page.match(/<svg/g), withoutFormulas.includes('null')]).toEqual([null, false]);
  const early = await pageOf(merchant().url, '--month', '2001-02');
  expect(early.text).toContain('No checkout session was made in February 2001.');
  const running = await pageOf(merchant().url, '--month', addMonths(lastMonth.month, 1));
  expect(running.text).toContain('Not final: the month is not over.');
  expect(running.text).not.toMatch(/[▲▼]/);
});

test('what was never read is left out, and not 0', async () => {
  const db = await freshDatabase();
  const simulator = await startPolar({ links: 2, checkouts: 60 });
  await syncing(simulator, db).sync('polar.checkouts');
  const { page, text } = await pageOf(db.url);
  expect(text).toContain('Day by day');
  expect(page).not.toMatch(/Subscriptions and customers|Monthly recurring|Refunded|Orders, with renewals|Churn</);
  const { figures } = await figuresOf(db.url);
  expect([figures.orders, figures.mrr, figures.sessions[0]?.viewed]).toEqual([[], [], null]);
});

test('a month that is none, or has not begun, is refused', async () => {
  for (const [month, says] of [
    ['2026-13', '2026-13 is not a month: write it as 2026-10'],
    ['october', 'october is not a month'],
    ['9998-01', '9998-01 has not begun'],
  ] as const) {
    const { code, stderr } = await call(['report', '--month', month], settingsOf(merchant().url));
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  }
});

describe.runIf(hasBrowser())('in a browser', () => {
  test('it opens without errors and requests, fits a phone, and prints on two pages', async () => {
    const { file } = await pageOf(merchant().url);
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    page.setDefaultTimeout(120_000);
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => problems.push(request.url()));
    await page.goto(`file://${file}`);
    expect(problems).toEqual([`file://${file}`]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(2);
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 703, height: 1000 });
    const cut = `[...document.querySelectorAll('.sheet')].map((sheet) => sheet.scrollHeight - sheet.clientHeight)`;
    expect(await page.evaluate(cut)).toEqual([0, 0]);
  });
});
