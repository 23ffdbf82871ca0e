import type { Pool } from 'pg';
import { FREE } from './lease.ts';

import type { StreamRef } from '../model/stream.ts';

/**
 * Returns streams with a full walk that was begun, is not complete, and that no process holds: its process was stopped,
 * was killed, or hangs beyond its lease. Failed walks are left out: the process that tried them first tries again.
 */
export async function abandonedStreams(pool: Pool): Promise<StreamRef[]> {
  const { rows } = await pool.query<StreamRef>(
    `select c.account, c.stream from sync.checkpoints c left join sync.walk_leases l on (l.account, l.stream) = (c.account, c.stream)
     where c.mode = 'full' and (l.stream is null or ${FREE})
       and exists (select from sync.runs r where r.walk_id = c.walk_id)
       and (select r.outcome from sync.runs r where r.walk_id = c.walk_id order by r.id desc limit 1) is distinct from 'failed'`,
  );
  return rows;
}
