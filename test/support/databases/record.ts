/**
 * Records a database as an older version of checkout-sync leaves it, with what its sources show then:
 *
 *     git worktree add /tmp/older v0.1.0 && (cd /tmp/older && npm ci)
 *     node test/support/databases/record.ts /tmp/older
 *
 * The result is `<last migration>.json.gz` beside this file.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { startEmbedded } from '../../../src/database/embedded.ts';
import { isObject } from '../../../src/model/json.ts';
import { startFynnSimulator, type FynnSimulator } from '../../../src/simulator/fynn-simulator.ts';
import { startSimulator, type Simulator } from '../../../src/simulator/simulator.ts';
import { PAGE_LIMIT, PLACES, type OlderDatabase, type RecordedRecord } from './recorded.ts';

const SECRET = 'polar_whs_a_secret_for_the_recording';
/** Before any clock that records. */
const NOW = '2026-10-01T12:00:00Z';

const [folder = ''] = process.argv.slice(2);
const cli = join(folder, 'src/cli.ts');

/** The older version's command, running. */
function run(args: readonly string[], settings: Record<string, string>) {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  return { child, log: () => log, ended: once(child, 'exit') };
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let left = 600; left > 0; left--) {
    if (await holds()) return;
    await pause(100);
  }
  throw new Error(`this did not come true: ${what}`);
}

/** Walks, edits, webhooks, a rejected record and a walk that is killed: what a database has seen that was used. */
async function use(
  { polar, deliveries, ...simulator }: Simulator,
  { fynn }: FynnSimulator,
  settings: Record<string, string>,
  pool: pg.Pool,
): Promise<void> {
  const sync = async (...args: string[]) => {
    const { ended, log } = run(['sync', ...args], settings);
    const [code]: unknown[] = await ended;
    process.stderr.write(`sync ${args.join(' ')}: ${String(code)} ${log()}`);
  };
  await sync();
  const [first = '', second = '', third = ''] = polar.links.keys();
  polar.deleteLink(first);
  polar.updateLink(second, { label: 'Changed' });
  const [goneOfFynn = '', keptOfFynn = ''] = fynn.links.keys();
  fynn.deleteLink(goneOfFynn);
  fynn.updateLink(keptOfFynn, { slug: 'changed' });
  await sync('--mode', 'full');
  polar.tamper(third, (json) => (isObject(json) ? { ...json, id: 'not a UUID' } : json));
  await sync('--mode', 'full');
  await sync('polar.checkouts', '--mode', 'incremental');

  const worker = run(['worker'], { ...settings, POLAR_WEBHOOK_SECRET: SECRET, PORT: '0', LOG_LEVEL: 'info', ...OFF });
  const address = () => /"url":"([^"]+)"/.exec(worker.log())?.[1];
  await until('the worker runs', () => address() !== undefined);
  simulator.webhooks({ url: `${address()}/webhooks/polar`, secret: SECRET });
  const { id } = polar.createCheckout();
  polar.updateCheckout(id, { customer_name: 'Grace Hopper' });
  const [product = ''] = polar.products.keys();
  polar.updateProduct(product, { name: 'Renamed' });
  await deliveries.settled();
  simulator.webhooks(null);
  worker.child.kill('SIGTERM');
  await worker.ended;

  simulator.intercept(({ path, query }) =>
    path === '/v1/checkouts/' && query.get('sorting') === 'created_at' && Number(query.get('page')) > 1
      ? 'hang'
      : undefined,
  );
  const killed = run(['sync', 'polar.checkouts', '--mode', 'full'], settings);
  await until('pages of the walk are stored', async () => {
    const { rows } = await pool.query('select from sync.checkpoints where pages > 1');
    return rows.length > 0;
  });
  killed.child.kill('SIGKILL');
  await killed.ended;
  simulator.intercept(null);
  polar.tamper(third, null);
  polar.updateLink(third, { label: 'Well again' });
}

const OFF = Object.fromEntries(
  [
    'POLAR_CHECKOUT_LINKS_FULL',
    'POLAR_CHECKOUTS_FULL',
    'POLAR_CHECKOUTS_INCREMENTAL',
    'FYNN_CHECKOUT_LINKS_FULL',
    'FYNN_PRICE_PLANS_FULL',
  ].map((name) => [`SYNC_SCHEDULE_${name}`, 'off']),
);

async function get<Body>(url: string, credential: string): Promise<Body> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${credential}` } });
  return JSON.parse(await response.text());
}

/** The records of each list and, at Fynn, the links, which have none. */
async function recordsOf(polar: Simulator, fynn: FynnSimulator): Promise<OlderDatabase['records']> {
  const ofPolar = async (path: string) => {
    const records: RecordedRecord[] = [];
    for (let [page, last] = [1, 1]; page <= last; page++) {
      const url = `${polar.url}${path}?page=${page}&limit=${PAGE_LIMIT}&sorting=created_at`;
      const body = await get<{ items: RecordedRecord[]; pagination: { max_page: number } }>(url, polar.token);
      records.push(...body.items);
      last = body.pagination.max_page;
    }
    return records;
  };
  const ofFynn = <Body>(path: string) => get<Body>(`${fynn.url}${path}`, fynn.apiKey);
  const links = [...fynn.fynn.links.values()].filter(({ deletedAt }) => deletedAt === null);
  return {
    '/v1/checkout-links/': await ofPolar('/v1/checkout-links/'),
    '/v1/checkouts/': await ofPolar('/v1/checkouts/'),
    '/price-plans': (await ofFynn<{ data: RecordedRecord[] }>(`/price-plans?limit=${PAGE_LIMIT}`)).data,
    '/checkout-links': await Promise.all(links.map(({ id }) => ofFynn<RecordedRecord>(`/checkout-links/${id}`))),
  };
}

/** The rows of every table as text, with placeholders instead of the addresses of this recording. */
async function tablesOf(
  pool: pg.Pool,
  places: readonly [address: string, place: string][],
): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables
     where schemaname in ('polar', 'fynn', 'sync') and tablename not in ('migrations', 'budgets') order by 1`,
  );
  const tables: Record<string, string> = {};
  for (const { name } of rows) {
    const { rows: found } = await pool.query<{ text: string | null }>(
      `select json_agg(t)::text as text from ${name} t`,
    );
    if (found[0]?.text)
      tables[name] = places.reduce((text, [address, place]) => text.replaceAll(address, place), found[0].text);
  }
  return tables;
}

const polar = await startSimulator({
  seed: 13,
  now: NOW,
  links: 8,
  checkouts: 42,
  pageLimit: PAGE_LIMIT,
  requestsPerMinute: null,
});
const fynn = await startFynnSimulator({ seed: 13, now: NOW, links: 4, prices: 9, pageLimit: PAGE_LIMIT });
const home = await mkdtemp(join(tmpdir(), 'checkout-sync-recording-'));
const server = await startEmbedded(join(home, 'postgres'));
const pool = new pg.Pool({ connectionString: server.tcpUrl, options: '-c timezone=UTC' });
try {
  const settings = {
    DATABASE_URL: server.tcpUrl,
    ...polar.settings,
    ...fynn.settings,
    FYNN_REQUESTS_PER_MINUTE: '100000',
    LOG_LEVEL: 'warn',
  };
  await use(polar, fynn, settings, pool);
  const migration =
    readdirSync(join(folder, 'drizzle'))
      .filter((name) => name.endsWith('.sql'))
      .toSorted()
      .at(-1)
      ?.replace('.sql', '') ?? '';
  const recorded: OlderDatabase = {
    migration,
    settings: { POLAR_ACCESS_TOKEN: polar.token, FYNN_API_KEY: fynn.apiKey },
    records: await recordsOf(polar, fynn),
    tables: await tablesOf(pool, [
      [polar.url, PLACES.polar],
      [fynn.url, PLACES.fynn],
    ]),
  };
  writeFileSync(new URL(`${migration}.json.gz`, import.meta.url), gzipSync(JSON.stringify(recorded), { level: 9 }));
} finally {
  await pool.end();
  await server.close();
  await rm(home, { recursive: true });
  await polar.close();
  await fynn.close();
}
