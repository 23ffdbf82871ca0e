import { timestampMicros, presentMs } from '../model/clock.ts';
import { errorCodeOf } from '../model/error-code-of.ts';
import type { ErrorCode } from '../model/error-codes.ts';
import { formatError, RefusedError } from '../model/errors.ts';
import { parseJson, type Json } from '../model/json.ts';
import type { Logger } from '../model/log.ts';
import { parseScrubbed } from '../model/secrets.ts';
import { accountRef, type Source, type Webhooks } from '../model/source.ts';
import { DEFAULT_ACCOUNT, type StreamRef } from '../model/stream.ts';
import type { Database } from '../database/database.ts';
import type { CommitResult } from '../load/commit.ts';
import { warnOfSkewed } from '../load/skewed-rows.ts';
import { commitWebhooks, type Outcome, type ReceivedWebhook } from '../load/webhooks.ts';
import { createInbox, type Inbox } from './inbox.ts';
import type { Metrics } from './metrics.ts';

/** Maximum size of a webhook's body. */
export const MOST_BYTES = 1_048_576;

/**
 * Limits of the sessions for webhooks: a source waits ten seconds for the response, and must get a refusal before that.
 */
export const WEBHOOK_SESSIONS = { max: 2, queryTimeoutMs: 4000 };

/** Dependencies of storing webhooks. */
export interface WebhookServices {
  /** Returns sessions whose statements end before the source stops waiting for the response. */
  db: () => Promise<Pick<Database, 'pool'>>;
  metrics?: Pick<Metrics, 'onCommitted' | 'onWebhook' | 'onWebhookStored'>;
  /** Makes a full walk of a stream due soon. */
  requestWalk: (ref: StreamRef) => void;
  log: Logger;
}

/** A webhook as its request carries it. */
export interface WebhookRequest {
  body: Buffer;
  header: (name: string) => string | undefined;
}

/** The response to a webhook. */
export interface WebhookResponse {
  status: number;
  body: { outcome: string } | { error: string; code: ErrorCode };
  headers?: Readonly<Record<string, string>>;
}

/** Receives the webhooks of one account. */
export interface WebhookReceiver {
  source: string;
  account: string;
  /** The path under which the service receives them. */
  path: string;
  receive: (request: WebhookRequest) => Promise<WebhookResponse>;
}

/**
 * Returns a receiver for each account with a webhook secret. It responds 200 for a webhook that is stored, known or
 * irrelevant; 401 for a wrong signature, without storing anything; 503 if the webhook cannot be stored, as while the
 * database is down or a user's trigger refuses it, which makes the source send it again.
 */
export const webhookReceivers = (sources: readonly Source[], services: WebhookServices): WebhookReceiver[] =>
  sources.flatMap((source) => (source.webhooks ? [receiverOf(source, source.webhooks, services)] : []));

/**
 * Refuses compressed bodies: no source compresses its webhooks, and a proxy that did would make the signature look
 * wrong.
 */
export function refuseEncoding(encoding = 'identity'): WebhookResponse | undefined {
  if (/^(identity)?$/i.test(encoding)) return undefined;
  const error = `the body is encoded (${encoding.slice(0, 40)}): send it as it is`;
  return { status: 415, body: { error, code: 'CS7103' }, headers: { 'accept-encoding': 'identity' } };
}

/** Returns the path for the webhooks of an account. */
const webhookPath = ({ name, account }: Source) =>
  account === DEFAULT_ACCOUNT ? `/webhooks/${name}` : `/webhooks/${name}/${account}`;

function receiverOf(source: Source, webhooks: Webhooks, services: WebhookServices): WebhookReceiver {
  const { metrics, log } = services;
  const account = accountRef(source);
  const inbox = inboxOf(source, services);
  const receive = async (request: WebhookRequest): Promise<WebhookResponse> => {
    const receivedAt = timestampMicros();
    const started = performance.now();
    const id = webhooks.authenticate(request.body, request.header, presentMs());
    if (id === undefined) {
      metrics?.onWebhook(account, 'refused');
      const error = 'the signature is missing, wrong, or older than five minutes';
      return { status: 401, body: { error, code: 'CS7201' } };
    }
    try {
      const json = parseBody(request.body);
      const event = json === undefined ? undefined : webhooks.parseEvent(json);
      const outcome = await inbox.add({ id, receivedAt, event });
      metrics?.onWebhook(account, outcome);
      if (outcome !== 'duplicate')
        for (const stream of event?.due ?? []) services.requestWalk({ account: source.account, stream });
      metrics?.onWebhookStored(account, (performance.now() - started) / 1000);
      log.debug({ ...account, webhook: id, type: event?.type, outcome }, 'webhook');
      return { status: 200, body: { outcome } };
    } catch (error) {
      metrics?.onWebhook(account, 'failed');
      const facts = { ...account, webhook: id, errorCode: errorCodeOf(error) };
      log.warn(facts, `webhook not stored, the source will send it again: ${formatError(error)}`);
      return { status: 503, body: { error: 'not stored: send it again', code: 'CS7202' } };
    }
  };
  return { ...account, path: webhookPath(source), receive };
}

function inboxOf(source: Source, { db, metrics, log }: WebhookServices): Inbox<ReceivedWebhook, Outcome> {
  const onCommitted = (committed: CommitResult) => {
    const ref = { account: source.account, stream: `${source.name}.webhooks` };
    metrics?.onCommitted(ref, committed);
    warnOfSkewed(log, ref, committed.skewed);
  };
  const store = async (batch: ReceivedWebhook[]) => commitWebhooks(await db(), source, batch, onCommitted);
  return createInbox(store, (error) => error instanceof RefusedError);
}

/** Returns undefined for a body that is not JSON: it is recorded as unreadable. */
function parseBody(body: Buffer): Json | undefined {
  try {
    return parseScrubbed(body.toString('utf8'), parseJson);
  } catch {
    return undefined;
  }
}
