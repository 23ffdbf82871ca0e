import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isObject, type Json } from '../../model/json.ts';
import type { WebhookEvent, Webhooks } from '../../model/source.ts';

/** Events that change what links or prices show; Fynn has none for links. */
const RESCAN = /^(product|price_plan)\./;

function isSigned(secret: string, body: Buffer, signature: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parseEvent(body: Json): WebhookEvent | undefined {
  if (!isObject(body) || !isObject(body.event) || typeof body.event.type !== 'string') return undefined;
  const { type } = body.event;
  const recordId = isObject(body.data) && typeof body.data.id === 'string' ? body.data.id : null;
  return { type, recordId, ...(RESCAN.test(type) && { due: ['fynn.checkout_links', 'fynn.price_plans'] }) };
}

/**
 * Fynn's webhooks: the header has the hex HMAC-SHA256 of the raw body, and nothing that distinguishes deliveries. The same body
 * received twice counts once.
 */
export function fynnWebhooks(secrets: readonly string[]): Webhooks {
  return {
    authenticate(body, header) {
      const signature = header('x-webhook-signature') ?? '';
      const isGenuine = /^[0-9a-f]{64}$/.test(signature) && secrets.some((secret) => isSigned(secret, body, signature));
      return isGenuine ? createHash('sha256').update(body).digest('hex') : undefined;
    },
    parseEvent,
  };
}
