import type { Pool, PoolClient } from 'pg';
import { transaction } from '../database/database.ts';
import { parseJson } from '../model/json.ts';
import type { Entity } from '../model/entity.ts';
import type { Rejection } from '../normalize/batch.ts';
import { sameJson } from '../normalize/redact.ts';
import { maskRejection } from '../normalize/mask-rejection.ts';
import type { AccountMasks, MaskOptions } from './mask-stored.ts';

interface StoredRejection {
  account: string;
  stream: string;
  fingerprint: string;
  record_id: string | null;
  reason: string;
  payload: string;
}

const PAGE = 200;

const SELECT = `select account, stream, fingerprint, record_id, reason, payload::text as payload from sync.rejected_records
where split_part(stream, '.', 1) = $1 and (account, stream, fingerprint) > ($2, $3, $4)
order by account, stream, fingerprint limit ${PAGE}`;

/** Rejected records of a source, and the entities they can belong to. */
interface RejectionScope {
  source: string;
  entities: readonly Entity[];
}

/**
 * Masks the stored rejected records of a source. Returns the number changed; with `looksOnly`, the number that would
 * change.
 */
export async function maskRejections(
  pool: Pool,
  { source, entities }: RejectionScope,
  masksFor: AccountMasks,
  { looksOnly = false, signal }: MaskOptions,
): Promise<number> {
  let count = 0;
  let page: StoredRejection[];
  let last: Pick<StoredRejection, 'account' | 'stream' | 'fingerprint'> = { account: '', stream: '', fingerprint: '' };
  do {
    signal.throwIfAborted();
    ({ rows: page } = await pool.query(SELECT, [source, last.account, last.stream, last.fingerprint]));
    const changed = page.flatMap((row) => masked(row, entities, masksFor));
    count += changed.length;
    if (!looksOnly && changed.length > 0)
      await transaction(pool, async (client) => {
        for (const { row, after } of changed) await rewrite(client, row, after);
      });
    last = page.at(-1) ?? last;
  } while (page.length === PAGE);
  return count;
}

/** Returns the rejection as it is to be kept; undefined if it stays as it is. */
function masked(row: StoredRejection, entities: readonly Entity[], masksFor: AccountMasks) {
  const before: Rejection = { recordId: row.record_id, reason: row.reason, payload: parseJson(row.payload) };
  const after = maskRejection(before, entities, masksFor(row.account));
  return isSame(before, after) ? [] : [{ row, after }];
}

const isSame = (one: Rejection, other: Rejection) =>
  one.recordId === other.recordId && one.reason === other.reason && sameJson(one.payload, other.payload);

const MOVE = `update sync.rejected_records set record_id = $4, reason = $5, payload = $6, fingerprint = md5($5 || $6::jsonb::text)
where account = $1 and stream = $2 and fingerprint = $3 and not exists (
  select from sync.rejected_records o
  where o.account = $1 and o.stream = $2 and o.fingerprint = md5($5 || $6::jsonb::text) and o.fingerprint <> $3)`;

/** Writes a rejection under its new fingerprint. If another one has that fingerprint by now, only that one stays. */
async function rewrite(
  client: PoolClient,
  { account, stream, fingerprint }: StoredRejection,
  { recordId, reason, payload }: Rejection,
): Promise<void> {
  const key = [account, stream, fingerprint];
  const moved = await client.query(MOVE, [...key, recordId, reason, JSON.stringify(payload)]);
  if (moved.rowCount === 0)
    await client.query(
      'delete from sync.rejected_records where account = $1 and stream = $2 and fingerprint = $3',
      key,
    );
}
