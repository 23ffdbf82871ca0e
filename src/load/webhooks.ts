import type { PoolClient } from 'pg';
import { isObject, type Json } from '../model/json.ts';
import type { WebhookEvent } from '../model/source.ts';
import { notAhead } from '../database/clock.ts';
import { sanitizeText } from '../database/encode.ts';
import { withRetry } from '../database/retry.ts';
import { commitResult, type CommitResult } from './commit.ts';
import { lockSource, pipelined, transaction, type Database } from '../database/database.ts';
import { hasWaited, isTransient } from '../database/pool.ts';
import type { IncomingRecord, SourceRef } from '../normalize/batch.ts';
import { normalize } from '../normalize/normalize.ts';
import { withMasks } from './masks.ts';
import { store, type Writer } from './store.ts';

/** One webhook as it was received. */
export interface ReceivedWebhook {
  /** Stable across redeliveries. */
  id: string;
  receivedAt: string;
  /** Undefined if the body is not an event. */
  event: WebhookEvent | undefined;
}

/** Result of receiving a webhook (see `sync.webhook_events`); a duplicate was received before and changes nothing. */
export type Outcome = 'applied' | 'ignored' | 'rejected' | 'duplicate';

const WEBHOOK_ATTEMPTS = 2;

/** True if a retry is worth it: the sender has no time to wait for the same lock twice. */
const isWorthIt = (error: unknown) => isTransient(error) && !hasWaited(error);

/**
 * Stores the records of webhooks in one transaction with the ledger: each webhook counts once, whichever process
 * received it first. The outcomes are in the order of the webhooks.
 */
export async function commitWebhooks(
  { pool }: Pick<Database, 'pool'>,
  source: SourceRef,
  received: readonly ReceivedWebhook[],
  onCommitted: (committed: CommitResult) => void = () => undefined,
): Promise<Outcome[]> {
  const first = new Map(received.toReversed().map((webhook) => [webhook.id, webhook]));
  const { outcomes, committed } = await withRetry(
    WEBHOOK_ATTEMPTS,
    () =>
      withMasks(pool, source, (masks) =>
        transaction(pool, (client) => commit(client, { ...source, masks }, [...first.values()].toReversed())),
      ),
    isWorthIt,
  );
  for (const one of committed) onCommitted(one);
  return received.map((webhook) => {
    const isFirst = first.get(webhook.id) === webhook;
    return (isFirst && outcomes.get(webhook.id)) || 'duplicate';
  });
}

async function commit(
  client: PoolClient,
  source: SourceRef & Pick<Writer, 'masks'>,
  webhooks: readonly ReceivedWebhook[],
): Promise<{ outcomes: Map<string, Outcome>; committed: CommitResult[] }> {
  const fresh = await register(client, source, webhooks);
  const incoming = new Map(
    webhooks
      .filter(({ id }) => fresh.get(id) === 'applied')
      .flatMap((webhook) => recordOf(webhook).map((one) => [one, webhook.id])),
  );
  const committed: CommitResult[] = [];
  for (const states of roundsOf([...incoming.keys()])) {
    const batch = normalize(source, states);
    const [, stored] = await pipelined([
      lockSource(client, source),
      store(client, { ...source, via: 'webhook', runId: null }, batch),
    ]);
    for (const [one, { reason }] of stored.rejected) {
      const id = incoming.get(one) ?? '';
      fresh.set(id, 'rejected');
      await reject(client, source, id, reason);
    }
    committed.push(commitResult(source, batch, stored));
  }
  return { outcomes: fresh, committed };
}

/**
 * Returns records grouped by the number of earlier states of the same record: of states stored together, only the
 * newest would be kept.
 */
function roundsOf(incoming: readonly IncomingRecord[]): IncomingRecord[][] {
  const counts = new Map<Json, number>();
  const round = ({ record }: IncomingRecord) => {
    const id = isObject(record) ? (record.id ?? null) : null;
    const count = counts.get(id) ?? 0;
    counts.set(id, count + 1);
    return count;
  };
  return [...Map.groupBy(incoming, round).values()];
}

function recordOf({ event, receivedAt }: ReceivedWebhook): IncomingRecord[] {
  if (!event?.record) return [];
  const { entity, data, isDeleted } = event.record;
  return [{ entity, record: data, observedAt: receivedAt, isDeleted }];
}

// A record whose owner is not part of the account's identity is ignored. The ids are sorted to keep two processes that
// register the same webhooks from deadlocking.
const REGISTER_WEBHOOKS = `
insert into sync.webhook_events (source, account, webhook_id, type, record_id, received_at, outcome, reason)
select $1, $2, id, type, record, ${notAhead('received_at')}, case when is_foreign then 'ignored' else outcome end,
  case when is_foreign then format('it is of %s, which the account does not show', owner) else reason end
from unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[])
  as w(id, type, record, received_at, outcome, reason, owner),
  lateral (select exists (select from sync.accounts a where a.source = $1 and a.account = $2 and a.identity <> '{}' and owner <> all(a.identity)) as is_foreign) as known
order by w.id
on conflict (source, account, webhook_id) do nothing returning webhook_id as id, outcome`;

/** Enters webhooks into the ledger. Returns those that were not there already. */
async function register(
  client: PoolClient,
  { name, account, ownerOf }: SourceRef,
  webhooks: readonly ReceivedWebhook[],
): Promise<Map<string, Outcome>> {
  const ownerIn = ({ event }: ReceivedWebhook) => (event?.record && ownerOf?.(event.record.data)) ?? null;
  const { rows } = await client.query<{ id: string; outcome: Outcome }>({
    name: 'checkout_sync_register_webhooks',
    text: REGISTER_WEBHOOKS,
    values: [
      name,
      account,
      webhooks.map(({ id }) => id),
      webhooks.map(({ event }) => short(event?.type ?? 'unreadable')),
      webhooks.map(({ event }) => short(event?.recordId ?? null)),
      webhooks.map(({ receivedAt }) => receivedAt),
      webhooks.map(({ event }) => (event ? (event.record ? 'applied' : 'ignored') : 'rejected')),
      webhooks.map(({ event }) => (event ? (event.ignored ?? null) : 'the body is not an event')),
      webhooks.map((webhook) => short(ownerIn(webhook))),
    ],
  });
  return new Map(rows.map(({ id, outcome }) => [id, outcome]));
}

/** Returns a text of the source, cut to what the ledger can hold. */
const short = (text: string | null) => text && sanitizeText(text).slice(0, 200);

async function reject(client: PoolClient, { name, account }: SourceRef, id: string, reason: string): Promise<void> {
  await client.query(
    `update sync.webhook_events set outcome = 'rejected', reason = $3 where source = $1 and webhook_id = $2 and account = $4`,
    [name, id, reason, account],
  );
}
