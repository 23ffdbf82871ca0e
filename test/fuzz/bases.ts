import { startFynn } from '../support/fynn.ts';
import { startPolar } from '../support/polar.ts';
import { MARKER } from './mutate.ts';

/** Polar's streams whose records are tried, and the paths of their lists. */
const LISTS = {
  'polar.checkouts': 'checkouts',
  'polar.checkout_links': 'checkout-links',
  'polar.products': 'products',
  'polar.discounts': 'discounts',
  'polar.benefits': 'benefits',
  'polar.custom_fields': 'custom-fields',
  'polar.meters': 'meters',
  'polar.organizations': 'organizations',
  'polar.customers': 'customers',
  'polar.orders': 'orders',
  'polar.subscriptions': 'subscriptions',
  'polar.refunds': 'refunds',
  'polar.payments': 'payments',
  'polar.disputes': 'disputes',
  'polar.customer_meters': 'customer-meters',
  'polar.benefit_grants': 'benefit-grants',
  'polar.events': 'events',
} as const;

/** Streams whose records are tried. */
export const STREAMS = [...Object.keys(LISTS), 'fynn.checkout_links', 'fynn.price_plans'];

const SEEDS = [1, 2, 3];

async function ask(url: string, credential: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${credential}`, 'polar-version': '2026-10' };
  return (await fetch(url, { headers })).json();
}

const listed = (body: unknown, key: 'items' | 'data') => (body as Record<'items' | 'data', object[]>)[key];

/** Each record's own credential becomes one that is recognised. */
function marked(record: object): string {
  const text = JSON.stringify(record);
  const secret = 'client_secret' in record ? String(record.client_secret) : undefined;
  return secret ? text.replaceAll(secret, `polar_c_${MARKER}`) : text;
}

/** JSON text of faultless records of each stream, everything nested, as the simulators send them. */
export async function baseRecords(): Promise<Record<string, string[]>> {
  const bases = new Map(STREAMS.map((stream): [string, string[]] => [stream, []]));
  const add = (stream: string, records: readonly object[]) => void bases.get(stream)?.push(...records.map(marked));
  for (const seed of SEEDS) {
    const polar = await startPolar({ seed, links: 20, checkouts: 40, scopes: 'every' });
    const fynn = await startFynn({ seed, links: 8, prices: 20, itemIds: seed === 2, emptyObjects: seed === 3 });
    for (const stream of Object.keys(LISTS)) polar.streams[stream]?.seed(2);
    for (const [stream, path] of Object.entries(LISTS))
      add(stream, listed(await ask(`${polar.url}/v1/${path}/?limit=100`, polar.token), 'items'));
    add('fynn.price_plans', listed(await ask(`${fynn.url}/price-plans?limit=100`, fynn.apiKey), 'data'));
    for (const id of fynn.fynn.links.keys())
      add('fynn.checkout_links', [(await ask(`${fynn.url}/checkout-links/${id}`, fynn.apiKey)) as object]);
  }
  return Object.fromEntries(bases);
}
