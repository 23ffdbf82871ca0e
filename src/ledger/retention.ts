import type { ClientBase, Pool } from 'pg';

// Whole days: the cutoff moves once per day. If it moves back, the next walks bring back the records in between.
const MOVE_CUTOFF = `
insert into sync.retention as r (is_on, cutoff) values (true, date_trunc('day', now(), 'UTC') - $1::interval)
on conflict (is_on) do update set cutoff = excluded.cutoff, emptied_until = least(r.emptied_until, excluded.cutoff)
where r.cutoff <> excluded.cutoff`;

/**
 * Moves the cutoff to `keepFor` before today, or removes it, in the caller's transaction, which holds the write locks
 * of all sources.
 */
export async function moveCutoff(client: Pick<ClientBase, 'query'>, keepFor: string | undefined): Promise<void> {
  if (keepFor === undefined) await client.query('delete from sync.retention');
  else await client.query(MOVE_CUTOFF, [keepFor]);
}

/** Returns true if {@link moveCutoff} would change anything. */
export async function isCutoffStale(pool: Pool, keepFor: string | undefined): Promise<boolean> {
  const { rows } = await pool.query<{ stale: boolean }>(
    `select ($1::interval is null) <> (count(*) = 0) or bool_or(cutoff <> date_trunc('day', now(), 'UTC') - $1::interval) as stale
     from sync.retention`,
    [keepFor ?? null],
  );
  return rows[0]?.stale === true;
}

/** Returns the creation date, in ISO, up to which stored records were emptied; null for none. */
export async function emptiedUntil(pool: Pool): Promise<string | null> {
  const { rows } = await pool.query<{ until: string | null }>(
    'select emptied_until::text as until from sync.retention',
  );
  return rows[0]?.until ?? null;
}

/** Records that stored records were emptied up to a cutoff, unless it has moved back since. */
export async function noteEmptied(pool: Pool, cutoff: string): Promise<void> {
  await pool.query(`update sync.retention set emptied_until = least(cutoff, $1::timestamptz)`, [cutoff]);
}
