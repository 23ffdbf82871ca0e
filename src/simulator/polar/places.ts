/** A country that buyers come from. */
export interface Place {
  country: string;
  currency: 'usd' | 'eur' | 'gbp';
  /** Whether shown prices contain the tax. */
  tax_behavior: 'inclusive' | 'exclusive';
  tax_percent: number;
  locale: string;
  cities: readonly { name: string; state?: string }[];
}

/** Where the simulated buyers live. Polar: states of the US and Canada are prefixed with the country. */
export const PLACES: readonly Place[] = [
  place('US', 'usd', 'exclusive', 7, 'en-US', [
    { name: 'Austin', state: 'US-TX' },
    { name: 'Portland', state: 'US-OR' },
    { name: 'Oakland', state: 'US-CA' },
  ]),
  place('US', 'usd', 'exclusive', 0, 'en-US', [{ name: 'Brooklyn', state: 'US-NY' }]),
  place('CA', 'usd', 'exclusive', 13, 'en-CA', [
    { name: 'Toronto', state: 'CA-ON' },
    { name: 'Halifax', state: 'CA-NS' },
  ]),
  place('GB', 'gbp', 'inclusive', 20, 'en-GB', [{ name: 'Leeds' }, { name: 'Bristol' }]),
  place('DE', 'eur', 'inclusive', 19, 'de', [{ name: 'Leipzig' }, { name: 'Köln' }]),
  place('FR', 'eur', 'inclusive', 20, 'fr', [{ name: 'Lyon' }, { name: 'Nantes' }]),
  place('NL', 'eur', 'inclusive', 21, 'nl', [{ name: 'Utrecht' }]),
  place('SE', 'eur', 'inclusive', 25, 'sv', [{ name: 'Malmö' }]),
  place('PL', 'eur', 'inclusive', 23, 'pl', [{ name: 'Łódź' }]),
  place('IN', 'usd', 'exclusive', 18, 'en-IN', [{ name: 'Pune' }]),
  place('JP', 'usd', 'inclusive', 10, 'ja', [{ name: 'Kyoto' }]),
  place('AU', 'usd', 'inclusive', 10, 'en-AU', [{ name: 'Hobart' }]),
  place('BR', 'usd', 'exclusive', 0, 'pt-BR', [{ name: 'Recife' }]),
];

function place(
  country: string,
  currency: Place['currency'],
  tax_behavior: Place['tax_behavior'],
  tax_percent: number,
  locale: string,
  cities: Place['cities'],
): Place {
  return { country, currency, tax_behavior, tax_percent, locale, cities };
}
