import { createHmac } from 'node:crypto';
import type { FynnEvent } from './feed.ts';
import type { Fynn } from './fynn.ts';

/** A webhook as it goes over the wire. Fynn: nothing in it tells one delivery from the next. */
export interface SignedWebhook {
  headers: Record<'content-type' | 'x-webhook-signature', string>;
  body: string;
}

/** The webhook of an event, with its product or price as it is at this moment; signed with hex HMAC-SHA256 of the body. */
export function signedWebhook(fynn: Fynn, { type, id }: FynnEvent, secret: string): SignedWebhook {
  const data = type === 'price_plan.archived' ? fynn.json.pricePlan(id) : fynn.json.product(id);
  const body = JSON.stringify({ event: { type }, data });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return { headers: { 'content-type': 'application/json', 'x-webhook-signature': signature }, body };
}
