import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { signedWebhook as polarWebhook } from '../../src/simulator/polar/webhooks.ts';
import { signedWebhook as fynnWebhook } from '../../src/simulator/fynn/webhooks.ts';
import type { FynnSimulator } from '../../src/simulator/fynn-simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { anyText, json } from '../support/column-kinds.ts';
import { MARKER, mutated, mutation, type Mutation } from './mutate.ts';
import { nastyKey, nastyValue } from './values.ts';

export const SECRETS = { polar: `polar_whs_${MARKER}_of_the_endpoint`, fynn: `fynn_${MARKER}_of_the_endpoint` };
const MOST_BYTES = 1_048_576;
/** Node takes 16 KB of headers. */
const MOST_HEADERS = 15_000;

type SourceName = keyof typeof SECRETS;

/** Ways to sign a body; only `right` is accepted. */
const SIGNINGS = ['right', 'right', 'right', 'wrong', 'missing', 'late', 'early', 'garbage', 'other body'] as const;

/** A body, and the way it is sent. */
export interface WebhookPlan {
  source: SourceName;
  body: Mutation;
  /** Damage to the body's bytes. */
  damage: { kind: 'none' | 'cut' | 'binary' | 'other' | 'huge' | 'type'; at: number; bytes: Uint8Array; text: string };
  signing: (typeof SIGNINGS)[number];
  id: string;
  header: string;
  contentType: string;
}

/** Text that a header can carry over the wire: Latin-1 without control characters. */
const headerText = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.string({
      unit: fc
        .integer({ min: 0x21, max: 0xff })
        .filter((code) => code !== 0x7f)
        .map((code) => String.fromCharCode(code)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      'v1',
      'v1,',
      'v1,AAAA',
      ',',
      'NaN',
      '-1',
      '1e400',
      '9'.repeat(400),
      'ü'.repeat(100),
    ),
  },
  { weight: 1, arbitrary: fc.constant('x'.repeat(10_000)) },
);

const damage = fc.record({
  kind: fc.constantFrom('none', 'none', 'none', 'none', 'cut', 'binary', 'other', 'type', 'type'),
  at: fc.nat(),
  bytes: fc.uint8Array({ maxLength: 200 }),
  text: fc.oneof(
    nastyValue,
    nastyKey,
    anyText,
    json.map((value) => JSON.stringify(value)),
  ),
});
const huge = fc.record({
  kind: fc.constant('huge' as const),
  at: fc.integer({ min: MOST_BYTES - 3, max: MOST_BYTES + 3 }),
  bytes: fc.constant(new Uint8Array()),
  text: fc.constantFrom('', '[', '{"a":', '"\\u0000', '1', ' '),
});

/** Any webhook. */
export const webhookPlan: fc.Arbitrary<WebhookPlan> = fc.record({
  source: fc.constantFrom('polar', 'polar', 'fynn'),
  body: mutation,
  damage: fc.oneof({ weight: 100, arbitrary: damage }, { weight: 1, arbitrary: huge }),
  signing: fc.constantFrom(...SIGNINGS),
  id: fc.oneof(fc.uuid(), headerText),
  header: headerText,
  contentType: fc.oneof(
    { weight: 9, arbitrary: fc.constant('application/json') },
    {
      weight: 1,
      arbitrary: fc.oneof(
        headerText,
        fc.constantFrom(
          'text/plain',
          'multipart/form-data',
          'application/x-www-form-urlencoded',
          'application/json; charset=utf-16',
        ),
      ),
    },
  ),
});

/** Types of webhooks beside those of the core streams, and the streams of their records. */
const OTHERS = [
  ['customer.updated', 'customers'],
  ['customer.deleted', 'customers'],
  ['order.paid', 'orders'],
  ['subscription.updated', 'subscriptions'],
  ['refund.created', 'refunds'],
  ['benefit_grant.cycled', 'benefit_grants'],
] as const;

/** Bodies of faultless webhooks, as the simulators send them. */
export function baseBodies(polar: Simulator, fynn: FynnSimulator): Record<SourceName, string[]> {
  const of = (type: Parameters<typeof polarWebhook>[1]['type'], ids: Iterable<string>) =>
    [...ids].slice(0, 12).map((id) => marked(polarWebhook(polar.polar, { type, id }, { secret: SECRETS.polar }).body));
  const { checkouts, products, benefits, discounts } = polar.polar;
  return {
    polar: [
      ...of('checkout.updated', checkouts.keys()),
      ...of('product.updated', products.keys()),
      ...of('benefit.updated', benefits.keys()),
      ...of('discount.deleted', discounts.keys()),
      ...OTHERS.flatMap(([type, stream]) => of(type, polar.polar.streams[stream].driver.list().slice(0, 3))),
    ],
    fynn: [...fynn.fynn.products.keys()].map(
      (id) => fynnWebhook(fynn.fynn, { type: 'product.created', id }, SECRETS.fynn).body,
    ),
  };
}

function marked(body: string): string {
  const secret = /"client_secret":"([^"]+)"/.exec(body)?.[1];
  return secret ? body.replaceAll(secret, `polar_c_${MARKER}`) : body;
}

/** A webhook as it goes over the wire, and whether it has to be taken. */
export interface Sent {
  source: SourceName;
  body: Buffer;
  headers: Record<string, string>;
  /** 200, 401, 413, or 431 by Node's own parser. */
  status: number;
}

/** Makes a webhook of a plan. */
export function sentOf(plan: WebhookPlan, bases: Record<SourceName, string[]>, serial: number): Sent {
  const body = damaged(mutated(bases[plan.source], plan.body, serial).text, plan.damage);
  const { headers, isGenuine } = plan.source === 'polar' ? signedByPolar(plan, body) : signedByFynn(plan, body);
  const all = { 'content-type': plan.contentType, ...headers };
  const isLong = Object.values(all).join('').length > MOST_HEADERS;
  const status = isLong ? 431 : body.length > MOST_BYTES ? 413 : isGenuine ? 200 : 401;
  return { source: plan.source, body, headers: all, status };
}

function damaged(text: string, { kind, at, bytes, text: other }: WebhookPlan['damage']): Buffer {
  const whole = Buffer.from(text);
  const place = whole.length === 0 ? 0 : at % whole.length;
  if (kind === 'cut') return whole.subarray(0, place);
  if (kind === 'binary') return Buffer.concat([whole.subarray(0, place), bytes, whole.subarray(place + bytes.length)]);
  if (kind === 'other') return Buffer.from(other);
  if (kind === 'huge') return Buffer.from((other || text).repeat(Math.ceil(at / (other || text).length)).slice(0, at));
  if (kind === 'type')
    return Buffer.from(text.replace(/"type":"[^"]*"/, () => `"type":${at % 2 ? other : JSON.stringify(other)}`));
  return whole;
}

interface Signed {
  headers: Record<string, string>;
  isGenuine: boolean;
}

const FIVE_MINUTES = 300;

function signedByPolar({ signing, id, header }: WebhookPlan, body: Buffer): Signed {
  const off = signing === 'late' ? -FIVE_MINUTES - 30 : signing === 'early' ? FIVE_MINUTES + 30 : 0;
  const time = Math.floor(Date.now() / 1000) + off;
  const key = signing === 'wrong' ? 'polar_whs_of_somebody_else' : SECRETS.polar;
  const signedBody = signing === 'other body' ? Buffer.concat([body, Buffer.from(' ')]) : body;
  // Over UTF-8, as the id arrives: a header's bytes are read as Latin-1.
  const sentId = id.replaceAll(/^[ \t]+|[ \t]+$/g, '');
  const digest = createHmac('sha256', key).update(`${sentId}.${time}.`).update(signedBody).digest('base64');
  const headers: Record<string, string> = {
    'webhook-id': id,
    'webhook-timestamp': String(time),
    'webhook-signature': `v1,${digest}`,
  };
  const names = Object.keys(headers);
  if (signing === 'missing') delete headers[names[header.length % 3] ?? ''];
  if (signing === 'garbage') headers[names[1 + (header.length % 2)] ?? ''] = header;
  const isText = Buffer.from(body.toString('utf8')).equals(body);
  return { headers, isGenuine: signing === 'right' && sentId !== '' && sentId.length <= 255 && isText };
}

function signedByFynn({ signing, header }: WebhookPlan, body: Buffer): Signed {
  const key = signing === 'wrong' ? 'somebody_else' : SECRETS.fynn;
  const signedBody = signing === 'other body' ? Buffer.concat([body, Buffer.from(' ')]) : body;
  const digest = createHmac('sha256', key).update(signedBody).digest('hex');
  const headers: Record<string, string> =
    signing === 'missing' ? {} : { 'x-webhook-signature': signing === 'garbage' ? header : digest };
  return { headers, isGenuine: signing === 'right' || signing === 'late' || signing === 'early' };
}
