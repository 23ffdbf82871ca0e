import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { SimulatedSource } from '../../src/simulator/driver.ts';
import { value } from './records.ts';
import { until } from './service.ts';

const script = fileURLToPath(new URL('killed-run.ts', import.meta.url));
const loading = fileURLToPath(new URL('../../src/module-hooks.ts', import.meta.url));

/** Steps of a page at which a run can be killed. */
export const KILL_STEPS = [
  'before the fetch',
  'after the fetch',
  'inside the transaction',
  'after the commit',
] as const;
type KillStep = (typeof KILL_STEPS)[number];

/** A stream to be walked and killed, with the simulator it comes from and the settings that connect to that. */
export interface Victim {
  stream: string;
  simulator: Pick<SimulatedSource, 'intercept'>;
  settings: Record<string, string>;
  /** Instead of the stream's own. */
  pageSize?: number;
}

/** Starts a run, kills it at the step of the page, and waits until it is gone. */
export async function killedAt(
  db: Database,
  { stream, simulator, settings, pageSize }: Victim,
  step: KillStep,
  page: number,
): Promise<void> {
  const start = (atStep: string, atPage: number): ChildProcess => {
    const kill = { TEST_KILL_STREAM: stream, TEST_KILL_STEP: atStep, TEST_KILL_PAGE: String(atPage) };
    const size = pageSize === undefined ? {} : { TEST_PAGE_SIZE: String(pageSize) };
    const env = { ...process.env, DATABASE_URL: db.url, TEST_SETTINGS: JSON.stringify(settings), ...size, ...kill };
    return spawn(process.execPath, ['--import', loading, script], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  const stops: Record<KillStep, () => Promise<ChildProcess>> = {
    'before the fetch': async () => {
      const child = start('none', 0);
      let arrived = 0;
      simulator.intercept(() => void ((arrived += 1) === page && child.kill('SIGKILL')));
      return child;
    },
    'after the fetch': async () => start('fetched', page),
    'inside the transaction': async () => {
      const gate = await db.pool.connect();
      await gate.query('select pg_advisory_lock(1, 1)');
      await db.pool.query(`
        create function sync.linger() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(1, 1); return new; end $$;
        create trigger linger before insert on sync.seen_pages for each row when (new.number = ${page}) execute function sync.linger()`);
      const child = start('none', 0);
      const isLingering = `select count(*)::int from pg_locks l join pg_database d on d.oid = l.database
        where l.locktype = 'advisory' and l.classid = 1 and not l.granted and d.datname = current_database()`;
      await until('the page is being written', async () => {
        if (child.exitCode !== null) throw new Error('the run ended too early');
        return (await value(db, isLingering)) === 1;
      });
      child.kill('SIGKILL');
      await untilGone(child);
      gate.release(true);
      return child;
    },
    'after the commit': async () => start('committed', page),
  };
  const child = await stops[step]();
  await untilGone(child);
  simulator.intercept(null);
  expect(child.signalCode, `${step} of page ${page}`).toBe('SIGKILL');
  await db.pool.query('drop trigger if exists linger on sync.seen_pages; drop function if exists sync.linger');
}

async function untilGone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Makes everything that the killed run left behind look older. */
export async function makeOlder(db: Database, span: string): Promise<void> {
  await db.pool.query(`
    update sync.checkpoints set started_at = started_at - interval '${span}', updated_at = updated_at - interval '${span}';
    update sync.runs set started_at = started_at - interval '${span}';
    update sync.walk_leases set acquired_at = acquired_at - interval '${span}', expires_at = expires_at - interval '${span}'`);
}
