import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../support/service.ts';
import { libfaketime, shiftedClock } from '../support/shifted-clock.ts';
import type { WorkerProcess } from './workers.ts';
import type { MachineFault, Step } from './schedule.ts';
import type { Environment } from './environment.ts';

type Perform = (environment: Environment, step: Step) => Promise<void>;

/** Performs each machine fault. When it returns, everything is started and repaired. */
export const MACHINE_STEPS: Record<MachineFault, Perform> = {
  async 'kill a worker'({ workers }, { choice, forMs }) {
    const place = choice % workers.processes.length;
    await workers.end(place, 'SIGKILL');
    await pause(forMs);
    await workers.start(place);
  },
  'kill all workers, and start them a second later': (environment) => killAll(environment, '1 second'),
  'kill all workers, and start them six minutes later': (environment) => killAll(environment, '6 minutes'),
  'kill all workers, and start them a day later': (environment) => killAll(environment, '1 day'),
  async 'stop a worker past its lease'(environment, { choice, forMs }) {
    const worker = environment.workers.processes[choice % environment.workers.processes.length];
    if (worker) await stopPastLease(environment, worker, forMs);
  },
  'hold a worker in the middle of a walk past its lease': holdPastLease,
  async 'end a worker with SIGTERM'({ workers }, { choice }) {
    const place = choice % workers.processes.length;
    await workers.end(place, 'SIGTERM');
    await workers.start(place);
  },
  async 'terminate the sessions in Postgres'({ postgres }, { choice }) {
    await postgres.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where pid <> pg_backend_pid() and backend_type = 'client backend' and ($1 or application_name = 'checkout-sync')`,
      [choice % 2 === 0],
    );
  },
  'crash Postgres': ({ postgres }, { forMs }) => postgres.restart('SIGKILL', forMs),
  'restart Postgres': ({ postgres }, { forMs }) => postgres.restart('SIGINT', forMs),
  'empty the queue': emptyQueue,
  async 'restart the queue'({ redis, proxies }, { forMs }) {
    if (redis) return redis.restart();
    return breakFor(
      proxies.find(({ name }) => name === 'Postgres'),
      forMs,
      ({ proxy }) => proxy.cut(),
    );
  },
  'slow a connection down': ({ proxies }, { choice, forMs }) =>
    breakFor(proxies[choice % proxies.length], forMs, ({ proxy }) => proxy.slow(20 + (choice % 80))),
  'reset a connection': ({ proxies }, { choice, forMs }) =>
    breakFor(proxies[choice % proxies.length], forMs, ({ proxy }) => proxy.cut()),
  'cut responses half-way on a connection': ({ proxies }, { choice, forMs }) =>
    breakFor(proxies[choice % proxies.length], forMs, ({ proxy }) => proxy.tear()),
  'let nothing through a connection': ({ proxies }, { choice, forMs }) =>
    breakFor(proxies[choice % proxies.length], forMs, ({ proxy }) => proxy.freeze()),
  'run a worker three minutes behind': (environment, step) => runShifted(environment, step, '-180s'),
  'run a worker three minutes ahead': (environment, step) => runShifted(environment, step, '+180s'),
  'run a worker a day ahead': (environment, step) => runShifted(environment, step, '+1d'),
  'run a worker with another organization’s token': (environment, step) =>
    runWith(environment, step, environment.swapped),
  async 'fail the queue over to its replica'({ redis }) {
    await redis?.failOver(); // Postgres is crashed and restarted instead
  },
  async 'lock a table'({ postgres }, { choice, forMs }) {
    const table = LOCKED[choice % LOCKED.length];
    await retryQuery(postgres, `lock table ${table} in access exclusive mode; select pg_sleep(${forMs / 1000})`);
  },
  'fill the disk': fillDisk,
};

/** Changes nothing without libfaketime; the tests' setup reports that. */
async function runShifted(environment: Environment, step: Step, shift: string): Promise<void> {
  if (libfaketime !== undefined) await runWith(environment, step, shiftedClock(shift));
}

/** Runs one worker with other settings for a while. */
async function runWith({ workers }: Environment, { choice, forMs }: Step, more: Record<string, string>): Promise<void> {
  const place = choice % workers.processes.length;
  await workers.end(place, 'SIGTERM');
  await workers.start(place, more);
  await pause(forMs);
  await workers.end(place, 'SIGTERM');
  await workers.start(place);
}

const LOCKED = ['polar.checkouts', 'polar.checkout_links', 'polar.products', 'polar.checkout_prices', 'sync.runs'];

/** Makes Redis refuse writes because it cannot save, or each write in Postgres fail as on a full disk. */
async function fillDisk({ redis, postgres }: Environment, { choice, forMs }: Step): Promise<void> {
  if (redis && choice % 2 === 0) {
    await redis.command(['config', 'set', 'save', '3600 1'], ['bgsave']);
    await pause(forMs);
    return redis.command(['config', 'set', 'save', '']);
  }
  const tables = await postgres.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('polar', 'fynn', 'sync', 'history')`,
  );
  const onEach = (sql: (name: string) => string) =>
    retryQuery(postgres, tables.map(({ name }) => sql(name)).join('; '));
  await onEach(
    (name) =>
      `create or replace trigger no_space before insert or update on ${name} for each statement execute function chaos.no_space()`,
  );
  await pause(forMs);
  await onEach((name) => `drop trigger if exists no_space on ${name}`);
}

async function breakFor<FoundProxy extends Environment['proxies'][number]>(
  found: FoundProxy | undefined,
  forMs: number,
  breakIt: (proxy: FoundProxy) => void,
): Promise<void> {
  if (!found) return;
  breakIt(found);
  await pause(forMs);
  found.proxy.mend();
}

async function killAll({ workers, postgres }: Environment, span: string): Promise<void> {
  const places = workers.processes.keys().toArray();
  await Promise.all(places.map((place) => workers.end(place, 'SIGKILL')));
  if (span === '1 second') await pause(1000);
  else await age(postgres, span);
  await Promise.all(places.map((place) => workers.start(place)));
}

/** Makes everything that is stored look older, without the audit triggers. */
async function age(postgres: Environment['postgres'], span: string): Promise<void> {
  const columns = await postgres.query<{ name: string; column: string; type: string }>(
    `select format('%I.%I', c.table_schema, c.table_name) as name, c.column_name as column, c.data_type as type
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where t.table_type = 'BASE TABLE' and (c.table_schema, c.data_type) = ('sync', 'timestamp with time zone')
       or (c.table_schema in ('polar', 'fynn') and c.column_name in ('observed_at', 'deleted_at'))`,
  );
  const tables = Map.groupBy(columns, ({ name }) => name);
  const updates = [...tables].map(
    ([name, of]) =>
      `update ${name} set ${of.map(({ column }) => `${column} = ${column} - interval '${span}'`).join(', ')}`,
  );
  await retryQuery(postgres, `set local session_replication_role = replica; ${updates.join('; ')}`);
}

/** Retries a query that a deadlock with a worker, or with a killed worker's session, may end. */
async function retryQuery({ query }: Environment['postgres'], sql: string): Promise<void> {
  const isDone = () =>
    query(sql).then(
      () => true,
      () => false,
    );
  await until(sql, isDone);
}

/** Selects the leases in force, with their process. */
const HELD = `select account, stream, token, substring(holder from 'process (\\d+)$')::int as pid from sync.walk_leases where expires_at > now()`;

async function stopPastLease(environment: Environment, worker: WorkerProcess, forMs: number): Promise<void> {
  const { postgres } = environment;
  worker.kill('SIGSTOP');
  try {
    const mine = (await postgres.query<Held>(HELD)).filter(({ pid }) => pid === worker.pid);
    await postgres.query(expireLeases(worker));
    const isTaken = async () => {
      const tokens = await postgres.query<Held>('select account, stream, token from sync.walk_leases');
      const isOf = (one: Held, other: Held) => one.account === other.account && one.stream === other.stream;
      return mine.every((held) => tokens.some((now) => isOf(now, held) && now.token !== held.token));
    };
    await until('its walks are taken over', isTaken, 6000);
    await pause(forMs);
  } catch {
    // A worker that was stopped inside a transaction blocks the others: nobody takes over.
  } finally {
    worker.kill('SIGCONT');
  }
}

const expireLeases = ({ pid }: WorkerProcess) =>
  `set local lock_timeout = '2s';
   update sync.walk_leases set expires_at = now() - interval '1 second' where holder like '%process ${pid}'`;

interface Held {
  account: string;
  stream: string;
  token: string;
  pid: number;
}

/** Stops a worker that holds a lease and has stored pages of the walk. */
async function holdPastLease(environment: Environment, { forMs }: Step): Promise<void> {
  const { postgres, workers } = environment;
  let found: WorkerProcess | undefined;
  const isWalking = async () => {
    const [walking] = await postgres.query<Held>(
      `select h.pid from (${HELD}) h join sync.checkpoints c using (account, stream) where c.pages > 0 limit 1`,
    );
    found = workers.processes.find((worker) => worker && worker.pid === walking?.pid);
    return found !== undefined;
  };
  await until('a worker is in the middle of a walk', isWalking, 10_000).catch(() => undefined);
  if (found) await stopPastLease(environment, found, forMs);
}

/** Flushes Redis, or truncates the queue's tables in Postgres. */
async function emptyQueue({ redis, postgres }: Environment): Promise<void> {
  if (redis) return redis.command(['flushall']);
  const tables = await postgres.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq' and tablename not like '%migration%'`,
  );
  await retryQuery(postgres, `truncate ${tables.map(({ name }) => name).join(', ')}`);
}
