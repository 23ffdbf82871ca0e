import type { FigureCell } from './figures.ts';

/** Text of an unknown value. */
export const UNKNOWN = '–';

const grouped = new Intl.NumberFormat('en');
const percentage = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** Returns a number with separators, such as 1,234. */
export const countText = (value: FigureCell): string => (typeof value === 'number' ? grouped.format(value) : UNKNOWN);

/** Returns a rate in percent, such as 31.8%. */
export const rateText = (value: FigureCell): string => (typeof value === 'number' ? percentage.format(value) : UNKNOWN);

/** An amount in minor units. */
export interface Amount {
  amount: FigureCell;
  currency: FigureCell;
  digits: FigureCell;
}

/** Returns an amount with its currency and all its decimals, such as $1,234.50 or ¥1,235. */
export function moneyText({ amount, currency, digits }: Amount): string {
  if (typeof amount !== 'string' || typeof digits !== 'number') return UNKNOWN;
  const code = String(currency);
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const style = /^[a-z]{3}$/i.test(code) ? { style: 'currency' as const, currency: code } : {};
  return new Intl.NumberFormat('en', { ...style, ...decimals }).format(Number(amount) / 10 ** digits);
}

/** Returns an amount in the major unit as a number, for the length of a bar. */
export const magnitude = ({ amount, digits }: Amount): number =>
  typeof amount === 'string' && typeof digits === 'number' ? Number(amount) / 10 ** digits : 0;

/** Returns the name of a currency as tables show it, such as USD. */
export const currencyName = (currency: FigureCell): string =>
  typeof currency === 'string' ? currency.toUpperCase() : 'no currency';

const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** Returns the name of a country, such as Germany. */
export const countryName = (country: FigureCell): string => {
  if (typeof country !== 'string') return 'Not known';
  return /^[A-Z]{2}$/.test(country) ? (regions.of(country) ?? country) : country;
};

/** Returns an instant in a time zone, such as 28 Nov 2026, 23:06. */
export const instantText = (instant: FigureCell, timezone: string): string =>
  typeof instant === 'string'
    ? new Date(instant).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: timezone })
    : UNKNOWN;
