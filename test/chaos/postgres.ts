import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../../src/database/embedded.ts';
import { migrate } from '../../src/database/migrate.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { until } from '../support/service.ts';
import { AUDIT } from './invariants.ts';

/** A Postgres that can be crashed, with a way to it that can be broken. */
export interface Postgres {
  way: Proxy;
  /** Past the proxy; another one after each restart. */
  url: () => string;
  /** Past the proxy. Rejects while the server is away. */
  query: <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>;
  /** Ends the server, `SIGKILL` as a crash does and `SIGINT` as a restart does, and starts it again. */
  restart: (signal: 'SIGKILL' | 'SIGINT', awayMs: number) => Promise<void>;
  close: () => Promise<void>;
}

/** Starts a migrated Postgres of its own, which notes down violations of what is promised as they are written. */
export async function startPostgres(): Promise<Postgres> {
  const directory = join(await mkdtemp(join(tmpdir(), 'checkout-sync-chaos-')), 'postgres');
  let server = await startEmbedded(directory);
  const way = await startProxy(portOf(server.tcpUrl));
  let pool = poolAt(server.tcpUrl);
  // A crash of the machine is not among the faults, and flushing files is what takes longest.
  await pool.query('alter system set fsync = off');
  await migrate({ url: server.tcpUrl });
  await pool.query(AUDIT);

  const startAgain = () =>
    startEmbedded(directory).then(
      (started) => ((server = started), true),
      () => false, // sessions of the crashed server have not ended yet
    );

  return {
    way,
    url: () => server.tcpUrl,
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    async restart(signal, awayMs) {
      const lock = join(directory, 'postmaster.pid');
      await pool.end();
      process.kill(Number((await readFile(lock, 'utf8')).split('\n')[0]), signal);
      if (signal === 'SIGINT') await until('Postgres has ended', () => !existsSync(lock), 20_000);
      await new Promise((done) => setTimeout(done, awayMs));
      await until('Postgres starts again', startAgain, 60_000);
      way.target(portOf(server.tcpUrl));
      pool = poolAt(server.tcpUrl);
    },
    async close() {
      await pool.end();
      await way.close();
      await server.close();
      await rm(join(directory, '..'), { recursive: true, force: true });
    },
  };
}

function poolAt(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 3 });
  pool.on('error', () => undefined); // the server is away: the next query says so
  return pool;
}

const portOf = (url: string) => Number(new URL(url).port);
