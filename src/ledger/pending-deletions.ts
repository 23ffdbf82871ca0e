import type { Pool } from 'pg';
import type { Checkpoint } from './checkpoint.ts';
import { transaction } from '../database/database.ts';
import { requireLease, type Lease } from './lease.ts';

/** Time within which another walk may confirm one that found many records missing. */
export const LONGEST_WAIT = '7 days';

/** Records that a complete full walk found missing, and that wait for confirmation by another one. */
export interface PendingDeletions {
  walkId: string;
  ids: readonly string[];
}

/** Returns the pending deletions of a walk's list; undefined if there are none. */
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

/** Stores records that a walk found missing as pending; the same records keep the time since when they wait. */
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

/** Deletes the pending deletions of a walk's list, and those of other lists that waited too long. */
export async function forgetPending(pool: Pool, { account, stream, list }: Checkpoint<unknown>): Promise<void> {
  await pool.query(
    `delete from sync.pending_deletions
     where account = $1 and stream = $2 and (list = $3 or found_at <= now() - interval '${LONGEST_WAIT}')`,
    [account, stream, list],
  );
}
