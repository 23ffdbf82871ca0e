import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../support/service.ts';
import { libfaketime, shiftedClock } from '../support/shifted-clock.ts';
import type { Member } from './crew.ts';
import type { MachineFault, Step } from './schedule.ts';
import type { Stage } from './stage.ts';

type Perform = (stage: Stage, step: Step) => Promise<void>;

/** How each fault of machines is made; each ends with everything started and mended. */
export const MACHINES: Record<MachineFault, Perform> = {
  async 'kill a worker'({ crew }, { choice, forMs }) {
    const place = choice % crew.members.length;
    await crew.end(place, 'SIGKILL');
    await pause(forMs);
    await crew.start(place);
  },
  'kill all workers, and start them a second later': (stage) => killAll(stage, '1 second'),
  'kill all workers, and start them six minutes later': (stage) => killAll(stage, '6 minutes'),
  'kill all workers, and start them a day later': (stage) => killAll(stage, '1 day'),
  async 'stop a worker past its lease'(stage, { choice, forMs }) {
    const member = stage.crew.members[choice % stage.crew.members.length];
    if (member) await stopPastLease(stage, member, forMs);
  },
  'hold a worker in the middle of a walk past its lease': holdPastLease,
  async 'end a worker with SIGTERM'({ crew }, { choice }) {
    const place = choice % crew.members.length;
    await crew.end(place, 'SIGTERM');
    await crew.start(place);
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
  async 'restart the queue'({ redis, ways }, { forMs }) {
    if (redis) return redis.restart();
    return broken(
      ways.find(({ name }) => name === 'Postgres'),
      forMs,
      ({ way }) => way.cut(),
    );
  },
  'make a way slow': ({ ways }, { choice, forMs }) =>
    broken(ways[choice % ways.length], forMs, ({ way }) => way.slow(20 + (choice % 80))),
  'reset a way': ({ ways }, { choice, forMs }) => broken(ways[choice % ways.length], forMs, ({ way }) => way.cut()),
  'cut answers half-way on a way': ({ ways }, { choice, forMs }) =>
    broken(ways[choice % ways.length], forMs, ({ way }) => way.tear()),
  'let nothing through a way': ({ ways }, { choice, forMs }) =>
    broken(ways[choice % ways.length], forMs, ({ way }) => way.freeze()),
  'run a worker three minutes behind': (stage, step) => runShifted(stage, step, '-180s'),
  'run a worker three minutes ahead': (stage, step) => runShifted(stage, step, '+180s'),
  'run a worker a day ahead': (stage, step) => runShifted(stage, step, '+1d'),
  async 'fail the queue over to its replica'({ redis }) {
    await redis?.failOver(); // Postgres is crashed and restarted instead
  },
  async 'lock a table'({ postgres }, { choice, forMs }) {
    const table = LOCKED[choice % LOCKED.length];
    await insist(postgres, `lock table ${table} in access exclusive mode; select pg_sleep(${forMs / 1000})`);
  },
  'fill the disk': fillDisk,
};

/** Without libfaketime this leaves the clocks alone; the tests' setup says so. */
async function runShifted({ crew }: Stage, { choice, forMs }: Step, shift: string): Promise<void> {
  if (libfaketime === undefined) return;
  const place = choice % crew.members.length;
  await crew.end(place, 'SIGTERM');
  await crew.start(place, shiftedClock(shift));
  await pause(forMs);
  await crew.end(place, 'SIGTERM');
  await crew.start(place);
}

const LOCKED = ['polar.checkouts', 'polar.checkout_links', 'polar.products', 'polar.checkout_prices', 'sync.runs'];

/** Redis cannot save and takes no writes; or each write in Postgres fails as when there is no space left. */
async function fillDisk({ redis, postgres }: Stage, { choice, forMs }: Step): Promise<void> {
  if (redis && choice % 2 === 0) {
    await redis.command(['config', 'set', 'save', '3600 1'], ['bgsave']);
    await pause(forMs);
    return redis.command(['config', 'set', 'save', '']);
  }
  const tables = await postgres.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('polar', 'sync')`,
  );
  const onEach = (sql: (name: string) => string) => insist(postgres, tables.map(({ name }) => sql(name)).join('; '));
  await onEach(
    (name) =>
      `create or replace trigger no_space before insert or update on ${name} for each statement execute function chaos.no_space()`,
  );
  await pause(forMs);
  await onEach((name) => `drop trigger if exists no_space on ${name}`);
}

async function broken<Way extends Stage['ways'][number]>(
  found: Way | undefined,
  forMs: number,
  breakIt: (way: Way) => void,
): Promise<void> {
  if (!found) return;
  breakIt(found);
  await pause(forMs);
  found.way.mend();
}

async function killAll({ crew, postgres }: Stage, span: string): Promise<void> {
  const places = crew.members.keys().toArray();
  await Promise.all(places.map((place) => crew.end(place, 'SIGKILL')));
  if (span === '1 second') await pause(1000);
  else await age(postgres, span);
  await Promise.all(places.map((place) => crew.start(place)));
}

/** Makes everything that is stored look older, without the audit taking that for rows that go back. */
async function age(postgres: Stage['postgres'], span: string): Promise<void> {
  const columns = await postgres.query<{ name: string; column: string; type: string }>(
    `select format('%I.%I', c.table_schema, c.table_name) as name, c.column_name as column, c.data_type as type
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where t.table_type = 'BASE TABLE' and (c.table_schema, c.data_type) = ('sync', 'timestamp with time zone')
       or (c.table_schema = 'polar' and c.column_name in ('observed_at', 'deleted_at'))`,
  );
  const tables = Map.groupBy(columns, ({ name }) => name);
  const updates = [...tables].map(
    ([name, of]) =>
      `update ${name} set ${of.map(({ column }) => `${column} = ${column} - interval '${span}'`).join(', ')}`,
  );
  await insist(postgres, `set local session_replication_role = replica; ${updates.join('; ')}`);
}

/** Does what a deadlock with a worker, or with what is left of a killed one, may end. */
async function insist({ query }: Stage['postgres'], sql: string): Promise<void> {
  const isDone = () =>
    query(sql).then(
      () => true,
      () => false,
    );
  await until(sql, isDone);
}

/** Whose leases are in force, by process. */
const HELD = `select stream, token, substring(holder from 'process (\\d+)$')::int as pid from sync.walk_leases where expires_at > now()`;

async function stopPastLease(stage: Stage, member: Member, forMs: number): Promise<void> {
  const { postgres } = stage;
  member.kill('SIGSTOP');
  try {
    const mine = (await postgres.query<Held>(HELD)).filter(({ pid }) => pid === member.pid);
    await postgres.query(expireLeases(member));
    const isTaken = async () => {
      const tokens = await postgres.query<Held>('select stream, token from sync.walk_leases');
      return mine.every(({ stream, token }) => tokens.some((now) => now.stream === stream && now.token !== token));
    };
    await until('its walks are taken over', isTaken, 6000);
    await pause(forMs);
  } catch {
    // A worker that was stopped inside a transaction keeps the others waiting: then nobody takes over.
  } finally {
    member.kill('SIGCONT');
  }
}

const expireLeases = ({ pid }: Member) =>
  `set local lock_timeout = '2s';
   update sync.walk_leases set expires_at = now() - interval '1 second' where holder like '%process ${pid}'`;

interface Held {
  stream: string;
  token: string;
  pid: number;
}

/** Stops a worker when it holds a lease and has pages of the walk stored. */
async function holdPastLease(stage: Stage, { forMs }: Step): Promise<void> {
  const { postgres, crew } = stage;
  let found: Member | undefined;
  const isWalking = async () => {
    const [walking] = await postgres.query<Held>(
      `select h.pid from (${HELD}) h join sync.checkpoints c on c.stream = h.stream where c.pages > 0 limit 1`,
    );
    found = crew.members.find((member) => member && member.pid === walking?.pid);
    return found !== undefined;
  };
  await until('a worker is in the middle of a walk', isWalking, 10_000).catch(() => undefined);
  if (found) await stopPastLease(stage, found, forMs);
}

/** In Postgres, the queue's tables are emptied as a Redis is flushed. */
async function emptyQueue({ redis, postgres }: Stage): Promise<void> {
  if (redis) return redis.command(['flushall']);
  const tables = await postgres.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq' and tablename not like '%migration%'`,
  );
  await insist(postgres, `truncate ${tables.map(({ name }) => name).join(', ')}`);
}
