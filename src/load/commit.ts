import { setTimeout as pause } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { Entity, Source } from '../stream.ts';
import type { Json } from '../json.ts';
import { savePage, type SeenPage } from './checkpoint.ts';
import { isDataError, isPassing, lockSource, transaction, type Database } from './database.ts';
import { requireLease, type Lease } from './lease.ts';
import { explain } from '../errors.ts';
import { emptyBatch, normalize, rejection, type Normalized, type Rejected } from './normalize.ts';
import { writeRows, type Effect } from './write.ts';

/** Records of one response, with the moment its first byte arrived. */
export interface Observed {
  records: readonly Json[];
  observedAt: string;
}

/** What a walk's page adds to the transaction: its checkpoint, under the walk's lease. */
export interface Walked extends Omit<SeenPage, 'ids'> {
  walkId: string;
  lease: Lease;
}

/** What storing records came to; `effect` counts the records themselves, not what nests in them. */
export interface Stored {
  effect: Effect;
  ids: string[];
  rejected: number;
  drift: ReadonlyMap<string, number>;
}

const ATTEMPTS = 6;

/**
 * Stores records and all that nests in them in one transaction, together with the walk's checkpoint where there is one.
 * A passing failure of the database is tried again; a record that Postgres refuses is rejected alone.
 * Throws a LeaseLostError when another process walks the stream by now.
 */
export async function commitRecords(
  db: Database,
  source: Pick<Source, 'name' | 'secretKeys'>,
  stream: string,
  entity: Entity,
  observed: Observed,
  walked?: Walked,
): Promise<Stored> {
  const batch = normalize(emptyBatch(), entity, observed.records, observed.observedAt, source.secretKeys);
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(db.pool, (client) => store(client, source, stream, entity, observed, batch, walked));
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error;
      await pause(100 * 2 ** attempt);
    }
  }
}

async function store(
  client: PoolClient,
  source: Pick<Source, 'name' | 'secretKeys'>,
  stream: string,
  entity: Entity,
  observed: Observed,
  batch: Normalized,
  walked: Walked | undefined,
): Promise<Stored> {
  await lockSource(client, source.name);
  if (walked) await requireLease(client, walked.lease);
  await client.query('savepoint rows');
  const rejected = [...batch.rejected];
  const effect = await writeRows(client, batch.rows).then(
    (effects) => effects.get(entity.table) ?? { inserted: 0, updated: 0 },
    async (error: unknown) => {
      if (!isDataError(error)) throw error;
      await client.query('rollback to savepoint rows');
      return storeOneByOne(client, source, entity, observed, rejected);
    },
  );
  await saveRejected(client, stream, rejected);
  if (walked) await savePage(client, walked.walkId, { ...walked, ids: batch.ids });
  return { effect, ids: batch.ids, rejected: rejected.length, drift: batch.drift };
}

/** The net under the conversion rules: finds the records that Postgres refuses, and stores the others. */
async function storeOneByOne(
  client: PoolClient,
  { secretKeys }: Pick<Source, 'secretKeys'>,
  entity: Entity,
  { records, observedAt }: Observed,
  rejected: Rejected[],
): Promise<Effect> {
  const total = { inserted: 0, updated: 0 };
  for (const record of records) {
    const { rows, rejected: unusable } = normalize(emptyBatch(), entity, [record], observedAt, secretKeys);
    if (unusable.length > 0) continue;
    await client.query('savepoint record');
    try {
      const effect = (await writeRows(client, rows)).get(entity.table);
      total.inserted += effect?.inserted ?? 0;
      total.updated += effect?.updated ?? 0;
    } catch (error) {
      if (!isDataError(error)) throw error;
      await client.query('rollback to savepoint record');
      rejected.push(rejection(record, `Postgres refuses it: ${explain(error)}`, secretKeys));
    }
  }
  return total;
}

async function saveRejected(client: PoolClient, stream: string, rejected: readonly Rejected[]): Promise<void> {
  for (const { recordId, reason, payload } of rejected) {
    await client.query(
      `insert into sync.rejected_records (stream, fingerprint, record_id, reason, payload, first_seen_at)
       values ($1, md5($3 || $4::jsonb::text), $2, $3, $4, now()) on conflict (stream, fingerprint) do nothing`,
      [stream, recordId, reason, JSON.stringify(payload)],
    );
  }
}
