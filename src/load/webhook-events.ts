import type { Pool, PoolClient } from 'pg';
import type { Told } from '../stream.ts';
import { persistently } from './commit.ts';
import { lockSource, transaction, type Database } from './database.ts';
import { batchOf, store, type Arrival, type Origin } from './store.ts';

/** One webhook as it was received. */
export interface Received {
  /** The same over redeliveries. */
  id: string;
  receivedAt: string;
  /** Undefined when the body is no event. */
  told: Told | undefined;
}

/** What became of a webhook: see `sync.webhook_events`; a duplicate was there before and changes nothing. */
export type Outcome = 'applied' | 'ignored' | 'rejected' | 'duplicate';

const ATTEMPTS = 2;
const KEPT = '90 days';

/**
 * Stores what webhooks tell, all in one transaction with the ledger: each counts once, whoever received it first. The
 * outcomes are in the order of the webhooks.
 */
export async function commitWebhooks(db: Database, source: Origin, received: readonly Received[]): Promise<Outcome[]> {
  const first = new Map(received.toReversed().map((webhook) => [webhook.id, webhook]));
  const outcomes = await persistently(ATTEMPTS, () =>
    transaction(db.pool, (client) => commit(client, source, [...first.values()])),
  );
  return received.map((webhook) => {
    const isFirst = first.get(webhook.id) === webhook;
    return (isFirst && outcomes.get(webhook.id)) || 'duplicate';
  });
}

async function commit(
  client: PoolClient,
  source: Origin,
  webhooks: readonly Received[],
): Promise<Map<string, Outcome>> {
  const fresh = await register(client, source.name, webhooks);
  const arrivals = new Map(
    webhooks
      .filter(({ id }) => fresh.has(id))
      .flatMap((webhook) => arrivalOf(webhook).map((arrival) => [arrival, webhook.id])),
  );
  if (arrivals.size === 0) return fresh;
  const batch = batchOf(source, [...arrivals.keys()]);
  await lockSource(client, source.name);
  const { rejected } = await store(client, source, batch);
  for (const [arrival, { reason }] of rejected) {
    const id = arrivals.get(arrival) ?? '';
    fresh.set(id, 'rejected');
    await reject(client, source.name, id, reason);
  }
  return fresh;
}

function arrivalOf({ told, receivedAt }: Received): Arrival[] {
  if (!told?.record) return [];
  const { entity, data, isDeleted } = told.record;
  return [{ entity, record: data, observedAt: receivedAt, isDeleted }];
}

// Sorted, so that two processes that register the same webhooks wait for each other in one direction only.
const REGISTER = `
insert into sync.webhook_events (source, webhook_id, type, record_id, received_at, outcome, reason)
select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[]) as w(id) order by w.id
on conflict (source, webhook_id) do nothing returning webhook_id as id, outcome`;

/** Enters webhooks into the ledger; those that were there already are missing from the answer. */
async function register(
  client: PoolClient,
  source: string,
  webhooks: readonly Received[],
): Promise<Map<string, Outcome>> {
  const { rows } = await client.query<{ id: string; outcome: Outcome }>({
    name: 'checkout_sync_register_webhooks',
    text: REGISTER,
    values: [
      source,
      webhooks.map(({ id }) => id),
      webhooks.map(({ told }) => told?.type ?? 'unreadable'),
      webhooks.map(({ told }) => told?.recordId),
      webhooks.map(({ receivedAt }) => receivedAt),
      webhooks.map(({ told }) => (told ? (told.record ? 'applied' : 'ignored') : 'rejected')),
      webhooks.map(({ told }) => (told ? null : 'the body is no event')),
    ],
  });
  return new Map(rows.map(({ id, outcome }) => [id, outcome]));
}

async function reject(client: PoolClient, source: string, id: string, reason: string): Promise<void> {
  await client.query(
    `update sync.webhook_events set outcome = 'rejected', reason = $3 where source = $1 and webhook_id = $2`,
    [source, id, reason],
  );
}

/** Forgets webhooks that no source delivers again. Answers how many. */
export async function trimWebhooks(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from sync.webhook_events where received_at < now() - interval '${KEPT}'`,
  );
  return rowCount ?? 0;
}
