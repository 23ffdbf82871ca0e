import { once } from 'node:events';
import { parseConfig, type Config } from '../config.ts';
import { connect } from '../load/client.ts';
import { EMBEDDED_DIRECTORY, openDatabase } from '../load/database.ts';
import { startEmbedded } from '../load/embedded.ts';
import { migrate } from '../load/migrate.ts';
import { createLogger } from '../log.ts';
import { startFynnSimulator, type FynnSimulator } from '../simulator/fynn-simulator.ts';
import { startSimulator, type Simulator } from '../simulator/simulator.ts';
import type { Run } from '../sync.ts';
import { chooseStreams, type Context } from './context.ts';
import { describeRuns, runStreams } from './sync.ts';
import { count, duration, table } from './text.ts';

/** How much the simulated merchant has, and the seed of all chance. */
export interface DemoOptions {
  links: number;
  checkouts: number;
  seed: number;
}

/** A question about the demo's data and its answer in SQL. */
interface Answer {
  question: string;
  sql: string;
  rows: Record<string, string | number | null>[];
}

/** What the demo came to. */
export interface Demo {
  runs: Run[];
  rows: Record<string, number>;
  answers: Answer[];
  durationMs: number;
}

const DATABASE = 'demo';

const questions: readonly (readonly [string, string])[] = [
  [
    'How many of the sessions opened each month were paid?',
    `select to_char(created_at, 'YYYY-MM') as month, count(*) as opened,
       count(*) filter (where status = 'succeeded') as paid,
       round(100.0 * count(*) filter (where status = 'succeeded') / count(*), 1) as percent
from polar.checkouts group by 1 order by 1`,
  ],
  [
    'Which products bring in most?',
    `select p.name as product, c.currency, count(*) as paid, round(sum(c.net_amount) / 100.0, 2) as net
from polar.checkouts c join polar.products p on p.id = c.product_id
where c.status = 'succeeded' group by 1, 2 order by net desc limit 5`,
  ],
  [
    'Do discounts help?',
    `select coalesce(d.name, 'no discount') as discount, count(*) as opened,
       round(100.0 * count(*) filter (where c.status = 'succeeded') / count(*), 1) as percent_paid,
       round(sum(c.discount_amount) filter (where c.status = 'succeeded') / 100.0, 2) as given
from polar.checkouts c left join polar.discounts d on d.id = c.discount_id group by 1 order by opened desc limit 5`,
  ],
  [
    'What do the links at Fynn sell?',
    `select l.slug as link, i.type, coalesce(p.name, pl.name) as sells, i.quantity, pp.amount, pp.billing_interval as every
from fynn.checkout_link_items i join fynn.checkout_links l on l.id = i.checkout_link_id
left join fynn.products p on p.id = i.product_id left join fynn.plans pl on pl.id = i.plan_id
left join fynn.price_plans pp on pp.id = i.price_plan_id order by l.slug, i.position limit 5`,
  ],
];

/** What `--serve` adds. */
export interface ServeOptions {
  /** Port of the status page; 0 for any. */
  port: number;
  /** Called when the service runs. */
  onServing: (url: string) => void;
}

/**
 * The main job on made-up data: starts a simulated Polar, a simulated Fynn and the embedded Postgres, migrates, syncs, and
 * asks four questions. The data goes into a database of its own, made anew each time. With `serve` it then stays up until the
 * signal, as a service with a merchant who goes on selling.
 */
export async function demoCommand(
  options: DemoOptions,
  showBars: boolean,
  onDone: (demo: Demo) => void,
  serve: ServeOptions | undefined,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const simulator = await startSimulator({ ...options, requestsPerMinute: null, encodings: ['gzip'] });
  const fynn = await startFynnSimulator({ seed: options.seed, encodings: ['gzip'] });
  try {
    const embedded = await startEmbedded(EMBEDDED_DIRECTORY);
    try {
      const config = configOf(simulator, fynn, await freshDatabase(embedded.url), serve?.port);
      const db = await openDatabase(config.databaseUrl);
      try {
        const context: Context = { config, db, log: createLogger(config.logLevel) };
        await migrate(db);
        const runs = await runStreams(context, chooseStreams(config, []), 'full', showBars, signal);
        const [rows, answers] = [await rowsOf(context), await ask(context)];
        onDone({ runs, rows, answers, durationMs: performance.now() - started });
        if (serve && !signal.aborted) await keepServing(context, simulator, serve, signal);
      } finally {
        await db.close();
      }
    } finally {
      await embedded.close();
    }
  } finally {
    await fynn.close();
    await simulator.close();
  }
}

const WEBHOOK_SECRET = 'polar_whs_demo_secret';

function configOf(simulator: Simulator, fynn: FynnSimulator, databaseUrl: string, port: number | undefined): Config {
  return parseConfig({
    DATABASE_URL: databaseUrl,
    POLAR_ACCESS_TOKEN: simulator.token,
    POLAR_API_URL: simulator.url,
    POLAR_REQUESTS_PER_MINUTE: '100000',
    POLAR_WEBHOOK_SECRET: WEBHOOK_SECRET,
    FYNN_API_KEY: fynn.apiKey,
    FYNN_API_URL: fynn.url,
    FYNN_REQUESTS_PER_MINUTE: '100000',
    SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 10s',
    SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'every 10s',
    LOG_LEVEL: 'warn',
    ...(port !== undefined && { PORT: String(port) }),
  });
}

/** Runs the service on the demo's data, with live traffic and webhooks, until the signal. */
async function keepServing(
  { config, db, log }: Context,
  simulator: Simulator,
  { onServing }: ServeOptions,
  signal: AbortSignal,
): Promise<void> {
  const { planWork, startWorker } = await import('../worker.ts'); // the plain demo needs neither a queue nor a web server
  const worker = await startWorker(planWork(config), db, log, signal);
  try {
    simulator.webhooks({ url: `${worker.url}/webhooks/polar`, secret: WEBHOOK_SECRET });
    simulator.live({ perSecond: 2 });
    onServing(worker.url);
    if (!signal.aborted) await once(signal, 'abort');
    simulator.live(null);
    simulator.webhooks(null);
  } finally {
    await worker.close();
  }
}

async function freshDatabase(url: string): Promise<string> {
  const client = await connect(url);
  try {
    await client.query(`drop database if exists ${DATABASE} with (force)`);
    await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
  return url.replace(/\/[^/]*$/, `/${DATABASE}`);
}

async function rowsOf({ db }: Context): Promise<Record<string, number>> {
  const tables = await db.pool.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables where table_schema in ('polar', 'fynn') order by 1 desc`,
  );
  const rows: Record<string, number> = {};
  for (const { name } of tables.rows) {
    const counted = await db.pool.query<{ rows: number }>(`select count(*)::int as rows from ${name}`);
    rows[name] = counted.rows[0]?.rows ?? 0;
  }
  return rows;
}

async function ask({ db }: Context): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const [question, sql] of questions) {
    const { rows } = await db.pool.query<Record<string, string | number | null>>(sql);
    answers.push({ question, sql, rows });
  }
  return answers;
}

/** The demo's outcome for people. */
export function describeDemo({ runs, rows, answers, durationMs }: Demo): string[] {
  const tables = Object.entries(rows).map(([name, number]) => [name, count(number)]);
  return [
    ...describeRuns(runs),
    '',
    ...table(['table', 'rows'], tables),
    ...answers.flatMap(({ question, sql, rows: found }) => [
      '',
      question,
      '',
      ...sql.split('\n').map((line) => `  ${line}`),
      '',
      ...answerTable(found),
    ]),
    '',
    `Done in ${duration(durationMs)}. With your own data: set POLAR_ACCESS_TOKEN or FYNN_API_KEY and FYNN_API_URL, and DATABASE_URL if you have a Postgres, then run npx checkout-sync sync, or npm start for the service.`,
  ];
}

function answerTable(rows: readonly Record<string, string | number | null>[]): string[] {
  const head = Object.keys(rows[0] ?? {});
  return table(
    head,
    rows.map((row) => head.map((name) => String(row[name] ?? ''))),
  ).map((line) => `  ${line}`);
}

/** Where to look while the demo serves, for people. */
export function describeServing(url: string): string[] {
  return [
    '',
    `The merchant goes on selling. Status page: ${url}/ · queue: ${url}/queues · metrics: ${url}/metrics`,
    'Ctrl-C stops it.',
  ];
}
