import type { ClientBase } from 'pg';
import { isObject } from '../model/json.ts';
import type { StreamRef } from '../model/stream.ts';
import { isAhead, notAhead } from '../database/clock.ts';
import { eventOf, queueEvents } from './events.ts';
import type { IncomingRecord, Rejection, SourceRef } from '../normalize/batch.ts';

/** Returns the stream of a record; the source for a record that only its webhooks bring. */
const streamOf = ({ name, streams, lookupOnly }: SourceRef, { entity }: IncomingRecord): string =>
  [...streams, ...lookupOnly].find((stream) => stream.entity === entity)?.name ?? name;

// Reports each record once when it is new, or is rejected again after it was resolved. The reason may quote the record,
// and is left out.
const SAVE_REJECTION = `
with known as (
  select from sync.rejected_records where account = $6 and stream = $1 and fingerprint = md5($3 || $4::jsonb::text) and resolved_at is null
),
saved as (
insert into sync.rejected_records as r (account, stream, fingerprint, record_id, reason, payload, first_seen_at, last_seen_at)
select $6, $1, md5($3 || $4::jsonb::text), $2, $3, $4, o.at, o.at from (select ${notAhead('$5::timestamptz')} as at) o
on conflict (account, stream, fingerprint) do update set resolved_at = null,
  last_seen_at = case when ${isAhead('r.last_seen_at')} then excluded.last_seen_at else greatest(r.last_seen_at, excluded.last_seen_at) end
returning account, stream, record_id, fingerprint
),
events as (
  select 'record.rejected' as type, ${eventOf(
    "'record.rejected'",
    "json_build_object('account', account, 'stream', stream, 'recordId', left(record_id, 200), 'fingerprint', fingerprint)",
  )} as event
  from saved where not exists (select from known)
)
${queueEvents('events')}`;

/** Stores a record that cannot be a row. A known one is marked as seen again, and unresolved. */
export async function saveRejection(
  client: ClientBase,
  source: SourceRef,
  one: IncomingRecord,
  { recordId, reason, payload }: Rejection,
): Promise<void> {
  await client.query(SAVE_REJECTION, [
    streamOf(source, one),
    recordId,
    reason,
    JSON.stringify(payload),
    one.observedAt,
    source.account,
  ]);
}

const RESOLVE = `
update sync.rejected_records r set resolved_at = now()
from unnest($1::text[], $2::text[], $3::timestamptz[]) as s(stream, record_id, observed_at)
where r.account = $4 and r.stream = s.stream and r.record_id = s.record_id and r.resolved_at is null
  and (r.last_seen_at <= s.observed_at or ${isAhead('r.last_seen_at')})`;

/** SQL that is true if the account `$1` has unresolved rejected records. */
export const HAS_REJECTIONS = `exists (select from sync.rejected_records where account = $1 and resolved_at is null)`;

/** Returns true if an account has unresolved rejected records. */
export async function hasRejections(client: ClientBase, { account }: Pick<SourceRef, 'account'>): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>({
    name: 'checkout_sync_rejections',
    text: `select ${HAS_REJECTIONS} as found`,
    values: [account],
  });
  return rows[0]?.found === true;
}

/** Resolves earlier rejections of records that are now stored. */
export async function resolveRejections(
  client: ClientBase,
  source: SourceRef,
  incoming: readonly IncomingRecord[],
  rejected: ReadonlyMap<IncomingRecord, Rejection>,
): Promise<void> {
  const stored = incoming.filter((one) => !rejected.has(one));
  const values = [
    stored.map((one) => streamOf(source, one)),
    stored.map(({ record }) => (isObject(record) && typeof record.id === 'string' ? record.id : null)),
    stored.map(({ observedAt }) => observedAt),
    source.account,
  ];
  await client.query({ name: 'checkout_sync_resolve', text: RESOLVE, values });
}

/** Resolves the rejections of a stream that its complete full walk, begun at this moment, did not meet again. */
export async function resolveUnseen(
  client: ClientBase,
  { account, stream }: StreamRef,
  walkStartedAt: string,
): Promise<void> {
  await client.query(
    `update sync.rejected_records set resolved_at = now()
     where account = $1 and stream = $2 and resolved_at is null and (last_seen_at < $3 or ${isAhead('last_seen_at')})`,
    [account, stream, walkStartedAt],
  );
}

/** Returns the number of rejected records of each stream, or of a source's webhooks. */
export function countByStream(
  source: SourceRef,
  rejected: ReadonlyMap<IncomingRecord, Rejection>,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of rejected.keys()) {
    const stream = streamOf(source, one);
    counts.set(stream, (counts.get(stream) ?? 0) + 1);
  }
  return counts;
}
