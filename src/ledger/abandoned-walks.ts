import type { Pool } from 'pg';
import { FREE } from './lease.ts';

import type { StreamRef } from '../model/stream.ts';

/**
 * Streams whose full walk was begun, is not complete, and is in nobody's hands: its process was stopped, killed, or is
 * hung past its lease. A walk that failed is not among them: it is tried again by whoever tried it first.
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
