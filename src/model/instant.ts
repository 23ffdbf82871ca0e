/**
 * Returns the microseconds since 1970 of an ISO instant, or undefined for anything else. A `Date` would truncate it to
 * milliseconds, where ties are frequent.
 */
export function microseconds(instant: unknown): number | undefined {
  if (typeof instant !== 'string') return undefined;
  const whole = Date.parse(instant.replace(/\.\d+/, ''));
  const fraction = /\.(\d{1,6})/.exec(instant)?.[1] ?? '';
  return Number.isNaN(whole) ? undefined : whole * 1000 + Number(fraction.padEnd(6, '0'));
}
