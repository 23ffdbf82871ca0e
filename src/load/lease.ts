import { hostname } from 'node:os';
import type { Client, ClientBase, Pool } from 'pg';
import { LeaseHeldError, LeaseLostError } from '../errors.ts';
import type { Mode } from '../stream.ts';
import { APPLICATION, connect } from './client.ts';
import type { Database } from './database.ts';

/** The right to walk a stream, held by one process at a time. */
export interface Lease {
  stream: string;
  /** Grows with each holder: a transaction of an earlier one is refused. */
  token: number;
  release(): Promise<void>;
}

const LIFETIME = '45 seconds';
const RENEWAL_MS = 10_000;

/** True for the row `l` of a lease that nobody holds any more. */
export const FREE = `(l.expires_at < now() or not exists (
  select from pg_stat_activity a
  where a.pid = l.backend_pid and (a.backend_start = l.backend_started_at or a.backend_start is null)))`;

// A holder whose database session is gone is gone, too: after a kill the next process need not wait for the lease to expire.
const ACQUIRE = `
insert into sync.leases as l (stream, token, mode, holder, backend_pid, backend_started_at, acquired_at, expires_at)
select $1, 1, $3, $2, a.pid, a.backend_start, now(), now() + interval '${LIFETIME}' from pg_stat_activity a where a.pid = pg_backend_pid()
on conflict (stream) do update set token = l.token + 1, mode = excluded.mode, holder = excluded.holder, backend_pid = excluded.backend_pid,
  backend_started_at = excluded.backend_started_at, acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
where ${FREE}
returning l.token`;

/** Takes the lease of a stream. Throws a LeaseHeldError that names the holder while another process has it. */
export async function acquireLease({ url, pool }: Database, stream: string, mode: Mode): Promise<Lease> {
  // Losing this session costs the lease only when another process takes it; the next page finds out.
  const client = await connect(url, { application_name: APPLICATION });
  try {
    return await take(client, pool, stream, mode);
  } catch (error) {
    await client.end(); // an open session would keep the process alive
    throw error;
  }
}

async function take(client: Client, pool: Pool, stream: string, mode: Mode): Promise<Lease> {
  const { rows } = await client.query<{ token: string }>(ACQUIRE, [
    stream,
    `${hostname()}, process ${process.pid}`,
    mode,
  ]);
  if (!rows[0]) {
    const holder = await pool.query<{ holder: string; mode: string | null }>(
      'select holder, mode from sync.leases where stream = $1',
      [stream],
    );
    const { holder: name, mode: theirs = null } = holder.rows[0] ?? {};
    throw new LeaseHeldError(
      `${stream} is being walked by another process (${name}): wait until it ends, then try again`,
      theirs,
    );
  }
  const token = Number(rows[0].token);
  const renewal = setInterval(() => {
    pool.query(renewText, [stream, token]).catch(() => undefined); // the page transaction renews it, too, and fails if it is lost
  }, RENEWAL_MS);
  renewal.unref();
  const release = async () => {
    clearInterval(renewal);
    await client.end().catch(() => undefined);
    await pool.query('update sync.leases set expires_at = now() where stream = $1 and token = $2', [stream, token]);
  };
  return { stream, token, release };
}

const renewText = `update sync.leases set expires_at = now() + interval '${LIFETIME}' where stream = $1 and token = $2`;

/** Renews the lease inside a transaction, which keeps others from taking it before the commit. Throws a LeaseLostError. */
export async function requireLease(client: Pick<ClientBase, 'query'>, { stream, token }: Lease): Promise<void> {
  const { rowCount } = await client.query({
    name: 'checkout_sync_renew',
    text: renewText,
    values: [stream, token],
  });
  if (rowCount !== 1)
    throw new LeaseLostError(`another process took over ${stream}: this one stops without storing more`);
}
