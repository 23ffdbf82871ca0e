/** A country that buyers come from. */
export interface Place {
  country: string;
  /** JPY has no minor digits, KWD has three. */
  currency: 'usd' | 'eur' | 'gbp' | 'jpy' | 'kwd';
  /** `inclusive` where shown prices contain the tax. */
  tax_behavior: 'inclusive' | 'exclusive';
  tax_percent: number;
  locale: string;
  cities: readonly { name: string; state?: string }[];
}

/** Places of the simulated buyers. Polar: states of the US and Canada are prefixed with the country. */
export const PLACES: readonly Place[] = [
  {
    country: 'US',
    currency: 'usd',
    tax_behavior: 'exclusive',
    tax_percent: 7,
    locale: 'en-US',
    cities: [
      { name: 'Austin', state: 'US-TX' },
      { name: 'Portland', state: 'US-OR' },
      { name: 'Oakland', state: 'US-CA' },
    ],
  },
  {
    country: 'US',
    currency: 'usd',
    tax_behavior: 'exclusive',
    tax_percent: 0,
    locale: 'en-US',
    cities: [{ name: 'Brooklyn', state: 'US-NY' }],
  },
  {
    country: 'CA',
    currency: 'usd',
    tax_behavior: 'exclusive',
    tax_percent: 13,
    locale: 'en-CA',
    cities: [
      { name: 'Toronto', state: 'CA-ON' },
      { name: 'Halifax', state: 'CA-NS' },
    ],
  },
  {
    country: 'GB',
    currency: 'gbp',
    tax_behavior: 'inclusive',
    tax_percent: 20,
    locale: 'en-GB',
    cities: [{ name: 'Leeds' }, { name: 'Bristol' }],
  },
  {
    country: 'DE',
    currency: 'eur',
    tax_behavior: 'inclusive',
    tax_percent: 19,
    locale: 'de',
    cities: [{ name: 'Leipzig' }, { name: 'Köln' }],
  },
  {
    country: 'FR',
    currency: 'eur',
    tax_behavior: 'inclusive',
    tax_percent: 20,
    locale: 'fr',
    cities: [{ name: 'Lyon' }, { name: 'Nantes' }],
  },
  {
    country: 'NL',
    currency: 'eur',
    tax_behavior: 'inclusive',
    tax_percent: 21,
    locale: 'nl',
    cities: [{ name: 'Utrecht' }],
  },
  {
    country: 'SE',
    currency: 'eur',
    tax_behavior: 'inclusive',
    tax_percent: 25,
    locale: 'sv',
    cities: [{ name: 'Malmö' }],
  },
  {
    country: 'PL',
    currency: 'eur',
    tax_behavior: 'inclusive',
    tax_percent: 23,
    locale: 'pl',
    cities: [{ name: 'Łódź' }],
  },
  {
    country: 'IN',
    currency: 'usd',
    tax_behavior: 'exclusive',
    tax_percent: 18,
    locale: 'en-IN',
    cities: [{ name: 'Pune' }],
  },
  {
    country: 'JP',
    currency: 'jpy',
    tax_behavior: 'inclusive',
    tax_percent: 10,
    locale: 'ja',
    cities: [{ name: 'Kyoto' }],
  },
  {
    country: 'AU',
    currency: 'usd',
    tax_behavior: 'inclusive',
    tax_percent: 10,
    locale: 'en-AU',
    cities: [{ name: 'Hobart' }],
  },
  {
    country: 'BR',
    currency: 'usd',
    tax_behavior: 'exclusive',
    tax_percent: 0,
    locale: 'pt-BR',
    cities: [{ name: 'Recife' }],
  },
  {
    country: 'KW',
    currency: 'kwd',
    tax_behavior: 'exclusive',
    tax_percent: 0,
    locale: 'ar',
    cities: [{ name: 'Kuwait City' }],
  },
];

/** The place of an address. Undefined where none is known, as in the US and Canada without the state. */
export function placeOf({ country, state }: { country: string; state: string | null }): Place | undefined {
  return PLACES.find(
    (place) => place.country === country && place.cities.some((city) => (city.state ?? null) === state),
  );
}
