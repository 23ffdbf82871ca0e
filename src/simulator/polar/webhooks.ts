import { createHmac, randomUUID } from 'node:crypto';
import type { SimulatedEvent } from '../events.ts';
import type { Endpoint, WebhookProtocol } from '../webhook-sender.ts';
import type { Polar } from './polar.ts';

/** The secret that webhooks are signed with; a secret that reads as `whsec_` and base64 is `base64` by default, any other one `whole`. */
export type Signing = Pick<Endpoint, 'secret' | 'format'>;

/** The message of one event; the same over all tries. */
export interface Message {
  /** Not drawn from the seed: a simulator that is started again must not repeat ids. */
  id: string;
  apiVersion: string;
  body: string;
}

/** One try, as it goes over the wire. */
export interface SignedWebhook {
  headers: Record<
    'content-type' | 'user-agent' | 'webhook-id' | 'webhook-timestamp' | 'webhook-signature' | 'webhook-api-version',
    string
  >;
  body: string;
}

/** Keys beside `data` that a type of webhook has. */
const BESIDE: Readonly<Record<string, object>> = {
  'subscription.migrated': { provider: 'stripe', provider_subscription_id: 'sub_1QkExample' },
};

/** The message of an event, with its record as it is at this moment. */
function webhookMessage({ payloads, settings, clock }: Polar, { type, id }: SimulatedEvent): Message {
  const payload = payloads[type];
  if (!payload) throw new RangeError(`Polar has no webhook ${type}`);
  const apiVersion = settings.currentVersion;
  const data = payload(id);
  const body = JSON.stringify({ type, timestamp: clock.now(), data, ...BESIDE[type], api_version: apiVersion });
  return { id: randomUUID(), apiVersion, body };
}

/** Signs a message as sent at an instant, by default now: HMAC-SHA256 over `id.timestamp.body`. */
function signed({ id, apiVersion, body }: Message, signing: Signing, at = new Date()): SignedWebhook {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac('sha256', signingKey(signing)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'polar.sh webhooks',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
      'webhook-api-version': apiVersion,
    },
    body,
  };
}

/** The webhook of an event, ready to be sent by hand. An `id` of one's own makes a repetition, `at` an old one. */
export function signedWebhook(
  polar: Polar,
  event: SimulatedEvent,
  { id, at, ...signing }: Signing & { id?: string; at?: Date },
): SignedWebhook {
  const message = webhookMessage(polar, event);
  return signed({ ...message, id: id ?? message.id }, signing, at);
}

const TRIES = 10;
const LONGEST_PAUSE_MS = 20 * 60_000;

/** Sends webhooks as Polar does: ten tries, with a pause of two seconds that doubles each time. */
export function polarProtocol(polar: Polar): WebhookProtocol<Message> {
  return {
    subscribe: (onMessage) => polar.subscribe((event) => onMessage(webhookMessage(polar, event))),
    sign: signed,
    pauses: ({ retryMs = 2000 }) =>
      Array.from({ length: TRIES - 1 }, (_, tries) => Math.min(retryMs * 2 ** tries, LONGEST_PAUSE_MS)),
  };
}

/**
 * Polar: a secret that it made since 2026-09-08 is base64 after `whsec_`; every older one, and every one that a merchant
 * chose, is the key as a whole, prefix included (polarsource/polar#14102, #14400).
 */
const ENCODED = /^whsec_(?=.)((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;

function signingKey({ secret, format = ENCODED.test(secret) ? 'base64' : 'whole' }: Signing): Buffer {
  return format === 'base64' ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64') : Buffer.from(secret, 'utf8');
}
