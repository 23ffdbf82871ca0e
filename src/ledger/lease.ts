import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, ClientBase, Pool } from 'pg';
import { LeaseHeldError, LeaseLostError } from '../model/errors.ts';
import type { Mode, StreamRef } from '../model/stream.ts';
import type { Database } from '../database/database.ts';
import { serverOf } from '../database/pool.ts';
import { keepLeaseSession, openLeaseSession } from './lease-session.ts';

/** The right to walk a stream of an account, held by one process at a time. */
export interface Lease extends StreamRef {
  /** Grows with each holder: transactions of earlier holders are refused. */
  token: number;
  release(): Promise<void>;
}

const LIFETIME = '45 seconds';
const RENEWAL_MS = 10_000;

/**
 * True for the row `l` of a lease whose holder registered a session that is gone. The function reads one session; the
 * view pg_stat_activity reads all, and planning it takes a new session longer than everything else before the first
 * page.
 */
const GONE = `(l.backend_pid is not null and not exists (
  select from pg_stat_get_activity(l.backend_pid) a
  where a.backend_start = l.backend_started_at or a.backend_start is null))`;

/**
 * True for the row `l` of an expired lease. One that ends later than any lease can was taken while the clock was ahead.
 */
const OVER = `(l.expires_at < now() or l.expires_at > now() + interval '${LIFETIME}' + interval '5 seconds')`;

/** True for the row `l` of a lease that no live process seems to hold. */
export const FREE = `(${OVER} or ${GONE})`;

// A holder is gone when its session is, unless it soon opens another one: after a kill, the next process need not wait
// for the lease to expire.
const ACQUIRE = `
insert into sync.walk_leases as l (account, stream, token, mode, holder, backend_pid, backend_started_at, acquired_at, expires_at)
select $7, $1, 1, $3, $2, a.pid, a.backend_start, now(), now() + interval '${LIFETIME}'
from (select) one left join pg_stat_get_activity(pg_backend_pid()) a on $4
on conflict (account, stream) do update set token = l.token + 1, mode = excluded.mode, holder = excluded.holder, backend_pid = excluded.backend_pid,
  backend_started_at = excluded.backend_started_at, acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
where ${OVER} or (l.token = $5 and l.backend_pid = $6 and ${GONE})
returning l.token`;

const REGISTER_SESSION = `
update sync.walk_leases set backend_pid = a.pid, backend_started_at = a.backend_start, expires_at = now() + interval '${LIFETIME}'
from pg_stat_get_activity(pg_backend_pid()) a where account = $3 and stream = $1 and token = $2`;

/** Time for a live holder to replace a session that was cut. */
const REPLACE_MS = 1000;

/** Leases that this process holds; losing a session does not mean that it is gone. */
const held = new WeakMap<Pool, Set<string>>();
const holderKey = ({ account, stream }: StreamRef) => `${account} ${stream}`;

/**
 * Takes the lease of a stream. Throws a LeaseHeldError that names the holder if another process has it. Losing the
 * lease's session costs the lease only if another process then takes it; the next page finds out.
 */
export async function acquireLease(db: Database, { account, stream }: StreamRef, mode: Mode): Promise<Lease> {
  // Behind a pooler in transaction mode, a session shows nothing about its holder: there, the lease ends by time alone.
  const session = db.pooler === 'transaction' ? undefined : await openLeaseSession(serverOf(db));
  try {
    const token = await take(db.pool, session, { account, stream }, mode);
    return hold(db, session, { account, stream, token });
  } catch (error) {
    await session?.end(); // an open session would keep the process alive
    throw error;
  }
}

interface Suspect {
  token: string;
  backend_pid: number;
}

async function take(pool: Pool, session: Client | undefined, ref: StreamRef, mode: Mode): Promise<number> {
  const holder = `${hostname()}, process ${process.pid}`;
  const claim = async (suspect?: Suspect) => {
    const { account, stream } = ref;
    const values = [stream, holder, mode, session !== undefined, suspect?.token, suspect?.backend_pid, account];
    const { rows } = await (session ?? pool).query<{ token: string }>(ACQUIRE, values);
    return rows[0] && Number(rows[0].token);
  };
  const token = (await claim()) ?? (await takeOver(pool, ref, claim));
  if (token === undefined) throw await heldError(pool, ref);
  return token;
}

/** Takes the lease of a holder whose session is gone and that registers no other one in time. */
async function takeOver(
  pool: Pool,
  ref: StreamRef,
  claim: (suspect: Suspect) => Promise<number | undefined>,
): Promise<number | undefined> {
  if (held.get(pool)?.has(holderKey(ref))) return undefined;
  const text = `select token, backend_pid from sync.walk_leases l where account = $1 and stream = $2 and ${GONE}`;
  const { rows } = await pool.query<Suspect>(text, [ref.account, ref.stream]);
  if (!rows[0]) return undefined;
  await pause(REPLACE_MS);
  return claim(rows[0]);
}

async function heldError(pool: Pool, { account, stream }: StreamRef): Promise<LeaseHeldError> {
  const { rows } = await pool.query<{ holder: string; mode: string | null }>(
    'select holder, mode from sync.walk_leases where account = $1 and stream = $2',
    [account, stream],
  );
  const { holder, mode = null } = rows[0] ?? {};
  return new LeaseHeldError(
    `${stream} is being walked by another process (${holder}): wait until it ends, then try again`,
    mode,
  );
}

/** Renews the lease until it is released. */
function hold(db: Database, session: Client | undefined, { account, stream, token }: Omit<Lease, 'release'>): Lease {
  const { pool } = db;
  const key = holderKey({ account, stream });
  const register = async (client: Client) =>
    (await client.query(REGISTER_SESSION, [stream, token, account])).rowCount === 1;
  const close = session && keepLeaseSession(serverOf(db), session, register);
  let renewing: Promise<unknown> | undefined; // one at a time: behind a lock, they would use up the pool's sessions
  const renew = () =>
    pool
      .query(renewText, [stream, token, account])
      .catch(() => undefined) // the page transaction renews it as well, and fails if it is lost
      .finally(() => (renewing = undefined));
  const renewal = setInterval(() => void (renewing ??= renew()), RENEWAL_MS);
  renewal.unref();
  const ours = held.get(pool) ?? new Set();
  held.set(pool, ours.add(key));
  const release = async () => {
    clearInterval(renewal);
    ours.delete(key);
    await close?.();
    await pool.query(RELEASE, [stream, token, account]);
  };
  return { account, stream, token, release };
}

const renewText = `update sync.walk_leases set expires_at = now() + interval '${LIFETIME}' where stream = $1 and token = $2 and account = $3`;

const RELEASE = 'update sync.walk_leases set expires_at = now() where stream = $1 and token = $2 and account = $3';

/**
 * Renews the lease inside a transaction, which keeps others from taking it before the commit. Throws a LeaseLostError.
 */
export async function requireLease(
  client: Pick<ClientBase, 'query'>,
  { account, stream, token }: Lease,
): Promise<void> {
  const { rowCount } = await client.query({
    name: 'checkout_sync_renew',
    text: renewText,
    values: [stream, token, account],
  });
  if (rowCount !== 1)
    throw new LeaseLostError(`another process took over ${stream}: this one stops without storing more`);
}
