import { createHmac } from 'node:crypto';
import type { SimulatedEvent } from '../events.ts';
import type { WebhookProtocol } from '../webhook-sender.ts';
import type { Fynn } from './fynn.ts';

/** A webhook as it goes over the wire. Fynn: nothing in it distinguishes one delivery from the next. */
export interface SignedWebhook {
  headers: Record<'content-type' | 'x-webhook-signature', string>;
  body: string;
}

/** The webhook of an event, with its product or price as it is at this moment; signed with hex HMAC-SHA256 of the body. */
export function signedWebhook(fynn: Fynn, event: SimulatedEvent, secret: string): SignedWebhook {
  return signed(bodyOf(fynn, event), secret);
}

/** Sends webhooks as Fynn does. Fynn: how often it tries is not documented; here five times, one second apart. */
export function fynnProtocol(fynn: Fynn): WebhookProtocol<string> {
  return {
    subscribe: (onMessage) => fynn.subscribe((event) => onMessage(bodyOf(fynn, event))),
    sign: (body, { secret }) => signed(body, secret),
    pauses: ({ retryMs = 1000 }) => Array.from({ length: 4 }, () => retryMs),
  };
}

function bodyOf({ payloads }: Fynn, { type, id }: SimulatedEvent): string {
  const payload = payloads[type];
  if (!payload) throw new RangeError(`Fynn has no webhook ${type}`);
  return JSON.stringify({ event: { type }, data: payload(id) });
}

function signed(body: string, secret: string): SignedWebhook {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return { headers: { 'content-type': 'application/json', 'x-webhook-signature': signature }, body };
}
