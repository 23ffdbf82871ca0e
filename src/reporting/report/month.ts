import { ConfigError } from '../../model/errors.ts';

/** A month of the calendar, such as 2026-10. */
export type Month = string;

/** Checks the name of a month. Throws a ConfigError if it is not one. */
export function parseMonth(text: string): Month {
  if (!/^[1-9]\d{3}-(0[1-9]|1[0-2])$/.test(text))
    throw new ConfigError('CS6301', `${text.slice(0, 40)} is not a month: write it as 2026-10`);
  return text;
}

/** Returns the month `count` months later, or earlier for a negative number. */
export function addMonths(month: Month, count: number): Month {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year ?? 0, (number ?? 1) - 1 + count)).toISOString().slice(0, 7);
}

/** Returns the first day of a month, such as 2026-10-01. */
export const firstDayOf = (month: Month): string => `${month}-01`;

/** Returns every day of a month, such as 2026-10-01. */
export function daysInMonth(month: Month): string[] {
  const [year, number] = month.split('-').map(Number);
  const length = new Date(Date.UTC(year ?? 0, number ?? 1, 0)).getUTCDate();
  return Array.from({ length }, (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`);
}

/** Returns the months from the first to the last one. */
export function monthsBetween(first: Month, last: Month): Month[] {
  const months: Month[] = [];
  for (let month = first; month <= last; month = addMonths(month, 1)) months.push(month);
  return months;
}

const formatMonth = (month: Month, options: Intl.DateTimeFormatOptions) =>
  new Date(`${firstDayOf(month)}T00:00:00Z`).toLocaleDateString('en', { timeZone: 'UTC', ...options });

/** Returns the name of a month, such as October 2026. */
export const longMonthName = (month: Month): string => formatMonth(month, { month: 'long', year: 'numeric' });

/** Returns the short name of a month, such as Oct. */
export const shortMonthName = (month: Month): string => formatMonth(month, { month: 'short' });
