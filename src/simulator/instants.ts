/** Microseconds of a second, minute, hour and day. */
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The text of an instant given in microseconds since 1970, as Python writes it: six digits of fraction, none when it is zero. */
export function formatInstant(micros: number): string {
  const seconds = Math.floor(micros / SECOND);
  const fraction = micros - seconds * SECOND;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return fraction === 0 ? `${whole}Z` : `${whole}.${String(fraction).padStart(6, '0')}Z`;
}

/** Microseconds since 1970 of an ISO instant in UTC, exact to the microsecond; throws RangeError for anything else. */
export function micros(text: string): number {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(?:Z|\+00:00)$/.exec(text);
  const whole = match ? Date.parse(`${match[1]}Z`) : Number.NaN;
  if (Number.isNaN(whole)) throw new RangeError(`not an ISO instant in UTC: ${text}`);
  return whole * 1000 + Number((match?.[2] ?? '').padEnd(6, '0'));
}

/** Returns an instant this many microseconds later, or earlier when negative. */
export function later(text: string, by: number): string {
  return formatInstant(micros(text) + by);
}
