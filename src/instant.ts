/** Microseconds since 1970 of an ISO instant, or undefined for anything else. A `Date` would cut it to milliseconds, where ties abound. */
export function microseconds(instant: unknown): number | undefined {
  if (typeof instant !== 'string') return undefined;
  const whole = Date.parse(instant.replace(/\.\d+/, ''));
  const fraction = /\.(\d{1,6})/.exec(instant)?.[1] ?? '';
  return Number.isNaN(whole) ? undefined : whole * 1000 + Number(fraction.padEnd(6, '0'));
}

let last = 0;

/** The present instant as ISO text with microseconds; later in each call, so that no two observations of one process are equal. */
export function observe(): string {
  last = Math.max(last + 1, Date.now() * 1000);
  const fraction = String(last % 1_000_000).padStart(6, '0');
  return `${new Date(Math.floor(last / 1_000_000) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
