import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { isObject, type Json } from '../../model/json.ts';
import type { Entity } from '../../model/entity.ts';
import type { WebhookEvent, Webhooks } from '../../model/source.ts';
import { benefit } from './benefit.ts';
import { benefitGrant } from './benefit-grant.ts';
import { checkout } from './checkout.ts';
import { customer } from './customer.ts';
import { discount } from './discount.ts';
import { order } from './order.ts';
import { organizationOf } from './organization.ts';
import { organization } from './organizations.ts';
import { product } from './product.ts';
import { refund } from './refund.ts';
import { subscription } from './subscription.ts';

/**
 * Entities by the part of a type before its dot. Polar has no webhooks for links, prices, media, custom fields and disputes.
 */
const entities = new Map<string, Entity>(
  Object.entries({
    checkout,
    customer,
    order,
    subscription,
    benefit_grant: benefitGrant,
    refund,
    product,
    benefit,
    discount,
    organization,
  }),
);

/**
 * A type whose record has a form of its own: a customer with subscriptions, grants and meters, sent after each change to them.
 */
const OF_ANOTHER_FORM = 'customer.state_changed';

/** Types that report a deletion which the record itself does not show. */
const DELETIONS = new Set(['discount.deleted', 'customer.deleted']);

const LONGEST_ID = 255;

/**
 * Returns the keys that a secret may stand for. A secret made before 2026-09-08, or chosen by a merchant, is the key as it
 * stands, prefix included; one that Polar has made since is base64 after `whsec_` (polarsource/polar#14102, #14400).
 */
function keysOf(secret: string): Buffer[] {
  const encoded = secret.replace(/^whsec_/, '');
  const isBase64 = encoded.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);
  const whole = Buffer.from(secret, 'utf8');
  return isBase64 ? [Buffer.from(encoded, 'base64'), whole] : [whole];
}

/** Longest distance between the instant of signing and now, as Standard Webhooks says. */
const TOLERANCE_MS = 5 * 60_000;

/** Returns the instant at which a webhook says it was signed; undefined if that is too far from now. */
function signedAt(timestamp: string, now: number): Date | undefined {
  if (!/^\d{1,12}$/.test(timestamp)) return undefined;
  const at = new Date(Number(timestamp) * 1000);
  return Math.abs(now - at.getTime()) <= TOLERANCE_MS ? at : undefined;
}

/** True when one of the signatures, which are separated by spaces, is the one expected. */
function includes(signatures: string, expected: string): boolean {
  const wanted = Buffer.from(expected);
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

/**
 * Returns the reason why a record is not ours; undefined if it is. The settings may name an organization: ours are its records
 * and itself.
 */
function foreign(entity: Entity, data: Json, wanted: string | undefined): string | undefined {
  const owner = entity === organization ? recordIdOf(data)?.toLowerCase() : organizationOf(data);
  if (wanted === undefined || owner === wanted) return undefined;
  return owner === undefined ? 'it names no organization' : 'it is of another organization than POLAR_ORGANIZATION_ID';
}

const recordIdOf = (data: Json) => (isObject(data) && typeof data.id === 'string' ? data.id : undefined);

/**
 * Returns the event's record, and whether Polar has deleted it: a benefit says so itself, for a discount and a customer the
 * event's type does.
 */
function parseEvent(body: Json, organizationId: string | undefined): WebhookEvent | undefined {
  if (!isObject(body) || typeof body.type !== 'string') return undefined;
  const { type, data = null } = body;
  const entity = entities.get(type.split('.', 1)[0] ?? '');
  const recordId = recordIdOf(data) ?? null;
  if (!entity || type === OF_ANOTHER_FORM) return { type, recordId };
  const ignored = foreign(entity, data, organizationId);
  if (ignored !== undefined) return { type, recordId, ignored };
  const isDeleted = DELETIONS.has(type) || (isObject(data) && data.is_deleted === true);
  return { type, recordId, record: { entity, data, isDeleted } };
}

/**
 * Polar's webhooks: signed as Standard Webhooks are, with several secrets and five minutes of tolerance, compared in constant
 * time. Records of another organization are ignored if the settings name one.
 */
export function polarWebhooks(secrets: readonly string[], organizationId?: string): Webhooks {
  const verifiers = secrets.flatMap(keysOf).map((key) => new Webhook(key, { format: 'raw' }));
  return {
    authenticate(body, header, now) {
      const id = header('webhook-id') ?? '';
      const at = signedAt(header('webhook-timestamp') ?? '', now);
      if (id === '' || id.length > LONGEST_ID || !at) return undefined;
      const [text, signatures] = [body.toString('utf8'), header('webhook-signature') ?? ''];
      return verifiers.some((verifier) => includes(signatures, verifier.sign(id, at, text))) ? id : undefined;
    },
    parseEvent: (body) => parseEvent(body, organizationId),
  };
}
