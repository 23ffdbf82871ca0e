import type { PoolClient } from 'pg';
import type { WebhookEvent } from '../model/source.ts';
import { notAhead } from '../database/clock.ts';
import { sanitizeText } from '../database/encode.ts';
import { identityOf } from '../ledger/accounts.ts';
import { withRetry } from '../database/retry.ts';
import { commitResult, type CommitResult } from './commit.ts';
import { lockSource, pipelined, transaction, type Database } from '../database/database.ts';
import { hasWaited, isTransient } from '../database/pool.ts';
import type { IncomingRecord, SourceRef } from '../normalize/batch.ts';
import { masksOf } from '../normalize/masks.ts';
import { normalize } from '../normalize/normalize.ts';
import { store } from './store.ts';

/** One webhook as it was received. */
export interface ReceivedWebhook {
  /** The same over redeliveries. */
  id: string;
  receivedAt: string;
  /** Undefined when the body is no event. */
  event: WebhookEvent | undefined;
}

/** What became of a webhook: see `sync.webhook_events`; a duplicate was there before and changes nothing. */
export type Outcome = 'applied' | 'ignored' | 'rejected' | 'duplicate';

const WEBHOOK_ATTEMPTS = 2;

/** Whoever waits for the answer has no time to wait for the same lock twice. */
const isWorthIt = (error: unknown) => isTransient(error) && !hasWaited(error);

/**
 * Stores what webhooks tell, all in one transaction with the ledger: each counts once, whoever received it first. The
 * outcomes are in the order of the webhooks.
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
    () => transaction(pool, (client) => commit(client, source, [...first.values()])),
    isWorthIt,
  );
  if (committed) onCommitted(committed);
  return received.map((webhook) => {
    const isFirst = first.get(webhook.id) === webhook;
    return (isFirst && outcomes.get(webhook.id)) || 'duplicate';
  });
}

async function commit(
  client: PoolClient,
  source: SourceRef,
  webhooks: readonly ReceivedWebhook[],
): Promise<{ outcomes: Map<string, Outcome>; committed?: CommitResult }> {
  const identity = source.ownerOf === null ? [] : await identityOf(client, source);
  const admitted = webhooks.map((webhook) => withoutForeign(source, identity, webhook));
  const fresh = await register(client, source, admitted);
  const incoming = new Map(
    admitted.filter(({ id }) => fresh.has(id)).flatMap((webhook) => recordOf(webhook).map((one) => [one, webhook.id])),
  );
  if (incoming.size === 0) return { outcomes: fresh };
  const batch = normalize(source, [...incoming.keys()]);
  const [, stored] = await pipelined([
    lockSource(client, source),
    store(client, { ...source, via: 'webhook', runId: null, masks: masksOf(source.privacy) }, batch),
  ]);
  for (const [one, { reason }] of stored.rejected) {
    const id = incoming.get(one) ?? '';
    fresh.set(id, 'rejected');
    await reject(client, source, id, reason);
  }
  return { outcomes: fresh, committed: commitResult(source, batch, stored) };
}

/** A webhook, less its record where that is of none of those that the account is known by. */
function withoutForeign(
  { ownerOf }: SourceRef,
  identity: readonly string[],
  webhook: ReceivedWebhook,
): ReceivedWebhook {
  const { event } = webhook;
  const owner = event?.record && ownerOf?.(event.record.data);
  if (!event || owner === undefined || identity.length === 0 || identity.includes(owner)) return webhook;
  const { record: _record, ...rest } = event;
  return { ...webhook, event: { ...rest, ignored: `it is of ${owner}, which the account does not show` } };
}

function recordOf({ event, receivedAt }: ReceivedWebhook): IncomingRecord[] {
  if (!event?.record) return [];
  const { entity, data, isDeleted } = event.record;
  return [{ entity, record: data, observedAt: receivedAt, isDeleted }];
}

// Sorted, so that two processes that register the same webhooks wait for each other in one direction only.
const REGISTER_WEBHOOKS = `
insert into sync.webhook_events (source, account, webhook_id, type, record_id, received_at, outcome, reason)
select $1, $8, id, type, record, ${notAhead('received_at')}, outcome, reason
from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[]) as w(id, type, record, received_at, outcome, reason)
order by w.id
on conflict (source, account, webhook_id) do nothing returning webhook_id as id, outcome`;

/** Enters webhooks into the ledger; those that were there already are missing from the answer. */
async function register(
  client: PoolClient,
  { name, account }: SourceRef,
  webhooks: readonly ReceivedWebhook[],
): Promise<Map<string, Outcome>> {
  const { rows } = await client.query<{ id: string; outcome: Outcome }>({
    name: 'checkout_sync_register_webhooks',
    text: REGISTER_WEBHOOKS,
    values: [
      name,
      webhooks.map(({ id }) => id),
      webhooks.map(({ event }) => short(event?.type ?? 'unreadable')),
      webhooks.map(({ event }) => event?.recordId && short(event.recordId)),
      webhooks.map(({ receivedAt }) => receivedAt),
      webhooks.map(({ event }) => (event ? (event.record ? 'applied' : 'ignored') : 'rejected')),
      webhooks.map(({ event }) => (event ? (event.ignored ?? null) : 'the body is no event')),
      account,
    ],
  });
  return new Map(rows.map(({ id, outcome }) => [id, outcome]));
}

/** What a source sent, as far as the ledger can hold it. */
const short = (text: string) => sanitizeText(text).slice(0, 200);

async function reject(client: PoolClient, { name, account }: SourceRef, id: string, reason: string): Promise<void> {
  await client.query(
    `update sync.webhook_events set outcome = 'rejected', reason = $3 where source = $1 and webhook_id = $2 and account = $4`,
    [name, id, reason, account],
  );
}
