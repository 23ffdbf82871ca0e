import type { Pool } from 'pg';
import type { Checkpoint } from './checkpoint.ts';
import { transaction } from '../database/database.ts';
import { requireLease, type Lease } from './lease.ts';

/** So long after a walk that found many records missing another one may confirm it. */
export const LONGEST_WAIT = '7 days';

/** Records that a complete full walk found missing, and that wait for another one to say the same. */
export interface PendingDeletions {
  walkId: string;
  ids: readonly string[];
}

/** What waits of a walk's list. */
export async function heldDeletions(
  pool: Pool,
  { account, stream, list }: Checkpoint<unknown>,
): Promise<PendingDeletions | undefined> {
  const { rows } = await pool.query<PendingDeletions>(
    `select walk_id as "walkId", ids from sync.pending_deletions
     where account = $1 and stream = $2 and list = $3 and found_at > now() - interval '${LONGEST_WAIT}'`,
    [account, stream, list],
  );
  return rows[0];
}

/** Lets records wait that a walk found missing; the same records keep the time since when they wait. */
export async function holdDeletions(
  pool: Pool,
  lease: Lease,
  { account, stream, list, walkId }: Checkpoint<unknown>,
  ids: readonly string[],
): Promise<void> {
  await transaction(pool, async (client) => {
    await requireLease(client, lease);
    await client.query(
      `insert into sync.pending_deletions as p (account, stream, list, walk_id, found_at, ids) values ($1, $2, $3, $4, now(), $5)
       on conflict (account, stream, list) do update set walk_id = excluded.walk_id, found_at = excluded.found_at, ids = excluded.ids
       where p.ids <> excluded.ids or p.found_at <= now() - interval '${LONGEST_WAIT}'`,
      [account, stream, list, walkId, ids],
    );
  });
}

/** Forgets what waited of a walk's list, and what waited too long of others. */
export async function forgetPending(pool: Pool, { account, stream, list }: Checkpoint<unknown>): Promise<void> {
  await pool.query(
    `delete from sync.pending_deletions
     where account = $1 and stream = $2 and (list = $3 or found_at <= now() - interval '${LONGEST_WAIT}')`,
    [account, stream, list],
  );
}
