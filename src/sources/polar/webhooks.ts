import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { isObject, type Json } from '../../json.ts';
import type { Entity, Told, Webhooks } from '../../stream.ts';
import { benefit } from './benefit.ts';
import { checkout } from './checkout.ts';
import { discount } from './discount.ts';
import { product } from './product.ts';

/** By what a type names before its dot. Polar has no webhooks for links, prices, media and custom fields. */
const entities = new Map<string, Entity>(Object.entries({ checkout, product, benefit, discount }));

const LONGEST_ID = 255;

/**
 * The keys a secret may stand for. Secrets made before 2026-09-08, and those that merchants chose, are the key as they
 * stand, prefix included; those that Polar made since are base64 after `whsec_` (polarsource/polar#14102, #14400).
 */
function keysOf(secret: string): Buffer[] {
  const encoded = secret.replace(/^whsec_/, '');
  const isBase64 = encoded.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);
  const whole = Buffer.from(secret, 'utf8');
  return isBase64 ? [Buffer.from(encoded, 'base64'), whole] : [whole];
}

function isSigned(verifier: Webhook, body: string, headers: Record<string, string>): boolean {
  try {
    verifier.verify(body, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

/** Why a record is none of ours: the settings name an organization, and it is not of it. */
function foreign(data: Json, wanted: string | undefined): string | undefined {
  const owner = isObject(data) && typeof data.organization_id === 'string' ? data.organization_id.toLowerCase() : null;
  if (wanted === undefined || owner === wanted) return undefined;
  return owner === null ? 'it names no organization' : 'it is of another organization than POLAR_ORGANIZATION_ID';
}

/** The event's record, and whether Polar has deleted it: a benefit says so itself, a discount by the event's type. */
function read(body: Json, organizationId: string | undefined): Told | undefined {
  if (!isObject(body) || typeof body.type !== 'string') return undefined;
  const { type, data = null } = body;
  const entity = entities.get(type.split('.', 1)[0] ?? '');
  const recordId = isObject(data) && typeof data.id === 'string' ? data.id : null;
  if (!entity) return { type, recordId };
  const ignored = foreign(data, organizationId);
  if (ignored !== undefined) return { type, recordId, ignored };
  const isDeleted = type === 'discount.deleted' || (isObject(data) && data.is_deleted === true);
  return { type, recordId, record: { entity, data, isDeleted } };
}

/**
 * Polar's webhooks: signed as Standard Webhooks are, compared in constant time, five minutes of tolerance,
 * any of several secrets. What is not of the organization, where one is given, is ignored.
 */
export function polarWebhooks(secrets: readonly string[], organizationId?: string): Webhooks {
  const verifiers = secrets.flatMap(keysOf).map((key) => new Webhook(key, { format: 'raw' }));
  return {
    authenticate(body, header) {
      const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
      const headers = Object.fromEntries(names.map((name) => [name, header(name) ?? '']));
      const id = headers['webhook-id'] ?? '';
      const text = body.toString('utf8');
      const isGenuine = id.length <= LONGEST_ID && verifiers.some((verifier) => isSigned(verifier, text, headers));
      return isGenuine ? id : undefined;
    },
    read: (body) => read(body, organizationId),
  };
}
