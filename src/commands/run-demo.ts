import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Client } from 'pg';
import { parseConfig, pickSettings } from '../config/config.ts';
import { ignorePostgresEnvironment } from '../config/environment.ts';
import { APPLICATION, connect } from '../database/client.ts';
import { EMBEDDED_DIRECTORY, openDatabase } from '../database/database.ts';
import { startEmbedded } from '../database/embedded.ts';
import { createLogger } from '../model/log.ts';
import type { Environment } from '../model/source-definition.ts';
import { requireAdminToken } from '../admin/admin.ts';
import { reportPage } from '../reporting/report/page.ts';
import { makeReport } from '../reporting/report/report.ts';
import { startFynnSimulator, type FynnSimulator } from '../simulator/fynn-simulator.ts';
import { startSimulator, type Simulator } from '../simulator/simulator.ts';
import type { Run } from '../sync/sync.ts';
import { chooseStreams } from '../operations/choose.ts';
import { updateSchema } from '../operations/context.ts';
import { runStreams } from '../operations/sync-streams.ts';
import type { CommandContext } from './context.ts';
import { askQuestions, type AnsweredQuestion } from './demo-questions.ts';
import type { Invocation } from './invocation.ts';
import { withBars } from './progress.ts';
import { LONGEST_FIGURE_MS } from './report.ts';

/** Number of records of the simulated merchant, and the seed of all randomness. */
export interface DemoOptions {
  links: number;
  checkouts: number;
  seed: number;
  showBars: boolean;
  /** Called when everything is stored and the questions are answered. */
  onDone: (demo: Demo) => void;
  /** Undefined to end the demo then. */
  serve: ServeOptions | undefined;
}

/** Result of the demo. */
export interface Demo {
  runs: Run[];
  rows: Record<string, number>;
  answers: AnsweredQuestion[];
  /** The file with the report of the last whole month. */
  report: string;
  durationMs: number;
}

/** Options of `--serve`. */
export interface ServeOptions {
  /** Port of the status page, 0 for any; undefined to use the setting `PORT`. */
  port: number | undefined;
  /** Called when the service runs. */
  onServing: (url: string) => void;
}

/**
 * Runs the whole product on made-up data: starts a simulated Polar, a simulated Fynn and the embedded Postgres,
 * migrates, syncs, asks six questions, and writes the report of the last month. The data goes into a database of its
 * own, recreated each time, that no other demo uses meanwhile. With `serve`, it then runs until the signal as a service
 * whose merchant continues to sell.
 */
export async function runDemo({ environment, signal }: Invocation, options: DemoOptions): Promise<void> {
  const started = performance.now();
  const { showBars, onDone, serve, ...sizes } = options;
  const settings = serveSettings(environment(), serve);
  const simulator = await startSimulator({ ...sizes, scopes: 'every', requestsPerMinute: null, encodings: ['zstd'] });
  const fynn = await startFynnSimulator({ seed: sizes.seed, encodings: ['zstd'] });
  try {
    const claimed = await claimDatabase(signal);
    try {
      const config = { ...parseConfig({ ...settings, ...toSources(simulator, fynn) }), databaseUrl: claimed.url };
      const db = await openDatabase(claimed.url);
      try {
        const context: CommandContext = { config, db, log: createLogger(config.logLevel) };
        await updateSchema(context);
        const runs = await withBars(showBars, (bars) =>
          runStreams(context, chooseStreams(config, []), { mode: 'full', ...bars }, signal),
        );
        const [rows, answers] = [await rowsOf(context), await askQuestions(db.pool)];
        const report = await writeDemoReport(context, signal);
        onDone({ runs, rows, answers, report, durationMs: performance.now() - started });
        if (serve && !signal.aborted) await keepServing(context, simulator, serve, signal);
      } finally {
        await db.close();
      }
    } finally {
      await claimed.close();
    }
  } finally {
    await fynn.close();
    await simulator.close();
  }
}

/** Path of the report, beside the data of the embedded Postgres: nothing else is added to the working directory. */
const REPORT_FILE = join(dirname(EMBEDDED_DIRECTORY), 'demo-report.html');

async function writeDemoReport({ db, config }: CommandContext, signal: AbortSignal): Promise<string> {
  const { timezone } = config.report;
  const report = await makeReport(db.pool, { timezone, month: undefined, timeoutMs: LONGEST_FIGURE_MS }, signal);
  await writeFile(REPORT_FILE, await reportPage(report));
  return REPORT_FILE;
}

/**
 * Returns the user's settings that the demo obeys. Throws a ConfigError, as the worker does, if they are inconsistent.
 */
function serveSettings(environment: Environment, serve: ServeOptions | undefined): Record<string, string> {
  const settings = {
    LOG_LEVEL: 'warn',
    ...pickSettings(environment, ['LOG_LEVEL', ...(serve ? ['HOST', 'PORT', 'ADMIN_TOKEN'] : [])]),
    ...(serve?.port !== undefined && { PORT: String(serve.port) }),
  };
  requireAdminToken(parseConfig(settings).server);
  return settings;
}

const WEBHOOK_SECRET = 'polar_whs_demo_secret';

const toSources = (simulator: Simulator, fynn: FynnSimulator) => ({
  POLAR_ACCESS_TOKEN: simulator.token,
  POLAR_API_URL: simulator.url,
  POLAR_REQUESTS_PER_MINUTE: '100000',
  POLAR_WEBHOOK_SECRET: WEBHOOK_SECRET,
  FYNN_API_KEY: fynn.apiKey,
  FYNN_API_URL: fynn.url,
  FYNN_REQUESTS_PER_MINUTE: '100000',
  SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 10s',
  SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'every 10s',
});

/** Runs the service on the demo's data, with live traffic and webhooks, until the signal. */
async function keepServing(
  { config, db, log }: CommandContext,
  simulator: Simulator,
  { onServing }: ServeOptions,
  signal: AbortSignal,
): Promise<void> {
  const { planWork } = await import('../work-plan.ts');
  const { serveUntil, startWorker } = await import('../worker.ts'); // the plain demo needs neither a queue nor a web server
  const worker = await startWorker(planWork(config), db, log, signal);
  try {
    simulator.webhooks({ url: `${worker.url}/webhooks/polar`, secret: WEBHOOK_SECRET });
    simulator.live({ perSecond: 2 });
    onServing(worker.url);
    await serveUntil(worker, signal);
    simulator.live(null);
    simulator.webhooks(null);
  } finally {
    await worker.close();
  }
}

/** Claims an empty database of the embedded Postgres; until it is closed, other demos use another one. */
async function claimDatabase(signal: AbortSignal): Promise<{ url: string; close: () => Promise<void> }> {
  ignorePostgresEnvironment();
  const say = (message: string) => createLogger('warn').warn(message);
  const embedded = await startEmbedded(EMBEDDED_DIRECTORY, { signal, say });
  const claim = await connect(embedded.url, { application_name: APPLICATION }); // its lock lasts as long as the session
  const close = async () => {
    await claim.end();
    await embedded.close();
  };
  try {
    const name = await claimName(claim);
    await claim.query(`drop database if exists ${name} with (force)`);
    await claim.query(`create database ${name}`);
    return { url: Object.assign(new URL(embedded.url), { pathname: `/${name}` }).href, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Returns the first of demo, demo_2, demo_3, … that no other demo uses. */
async function claimName(session: Client): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? 'demo' : `demo_${number}`;
    const { rows } = await session.query('select pg_try_advisory_lock(hashtext($1)) as "isFree"', [name]);
    if (rows[0]?.isFree) return name;
  }
}

async function rowsOf({ db }: CommandContext): Promise<Record<string, number>> {
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
