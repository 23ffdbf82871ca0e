import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { startEmbedded } from '../../src/database/embedded.ts';
import { migrate } from '../../src/database/migrate.ts';
import { makePool } from '../support/pool.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { until } from '../support/service.ts';
import { FEED_AUDIT } from '../support/feed.ts';
import { AUDIT } from './invariants.ts';

/** A Postgres that can be crashed, behind a proxy that can be broken. */
export interface Postgres {
  proxy: Proxy;
  /** The address without the proxy. It changes with each restart. */
  url: () => string;
  /** Runs a query without the proxy. Rejects while the server is down. */
  query: <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>;
  /** Ends the server (`SIGKILL` for a crash, `SIGINT` for a restart), and starts it again. */
  restart: (signal: 'SIGKILL' | 'SIGINT', awayMs: number) => Promise<void>;
  close: () => Promise<void>;
}

/** Starts a migrated Postgres that records violations of the invariants as they are written. */
export async function startPostgres(): Promise<Postgres> {
  const directory = join(await mkdtemp(join(tmpdir(), 'checkout-sync-chaos-')), 'postgres');
  let server = await startEmbedded(directory);
  const proxy = await startProxy(portOf(server.tcpUrl));
  let pool = poolAt(server.tcpUrl);
  // The machine itself does not crash, and flushing files takes longest.
  await pool.query('alter system set fsync = off');
  await migrate({ url: server.tcpUrl });
  await pool.query(AUDIT + FEED_AUDIT);

  const startAgain = () =>
    startEmbedded(directory).then(
      (started) => ((server = started), true),
      () => false, // sessions of the crashed server have not ended yet
    );

  return {
    proxy,
    url: () => server.tcpUrl,
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    async restart(signal, awayMs) {
      const lock = join(directory, 'postmaster.pid');
      await pool.end();
      process.kill(Number((await readFile(lock, 'utf8')).split('\n')[0]), signal);
      if (signal === 'SIGINT') await until('Postgres has ended', () => !existsSync(lock));
      await new Promise((done) => setTimeout(done, awayMs));
      await until('Postgres starts again', startAgain);
      proxy.target(portOf(server.tcpUrl));
      pool = poolAt(server.tcpUrl);
    },
    async close() {
      await pool.end();
      await proxy.close();
      await server.close();
      await rm(join(directory, '..'), { recursive: true, force: true });
    },
  };
}

const poolAt = (url: string) => makePool({ connectionString: url, max: 3 });

const portOf = (url: string) => Number(new URL(url).port);
