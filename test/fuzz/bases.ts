import { startFynn } from '../support/fynn.ts';
import { startPolar } from '../support/polar.ts';
import { MARKER } from './mutate.ts';

/** Streams whose records are tried. */
export const STREAMS = ['polar.checkouts', 'polar.checkout_links', 'fynn.checkout_links', 'fynn.price_plans'] as const;
export type StreamName = (typeof STREAMS)[number];

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
export async function baseRecords(): Promise<Record<StreamName, string[]>> {
  const bases: Record<StreamName, string[]> = {
    'polar.checkouts': [],
    'polar.checkout_links': [],
    'fynn.checkout_links': [],
    'fynn.price_plans': [],
  };
  for (const seed of SEEDS) {
    const polar = await startPolar({ seed, links: 20, checkouts: 40 });
    const fynn = await startFynn({ seed, links: 8, prices: 20, itemIds: seed === 2, emptyObjects: seed === 3 });
    const get = async (path: string) => listed(await ask(`${polar.url}/v1/${path}/?limit=100`, polar.token), 'items');
    bases['polar.checkouts'].push(...(await get('checkouts')).map(marked));
    bases['polar.checkout_links'].push(...(await get('checkout-links')).map(marked));
    const prices = listed(await ask(`${fynn.url}/price-plans?limit=100`, fynn.apiKey), 'data');
    bases['fynn.price_plans'].push(...prices.map(marked));
    for (const id of fynn.fynn.links.keys())
      bases['fynn.checkout_links'].push(marked((await ask(`${fynn.url}/checkout-links/${id}`, fynn.apiKey)) as object));
  }

  return bases;
}
