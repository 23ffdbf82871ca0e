const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses a span such as `15m`, with s, m, h or d; returns milliseconds, or undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = ''] = /^([1-9]\d{0,4})\s*([smhd])$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 0);
}
