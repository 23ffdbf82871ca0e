const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses a time span such as `15m`, with s, m, h or d. Returns milliseconds, or undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = ''] = /^([1-9]\d{0,4})\s*([smhd])$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 0);
}

/**
 * Formats a time span in the largest unit that divides it, as {@link parseDuration} reads it; milliseconds are whole
 * seconds.
 */
export function spanText(ms: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, one]) => ms % one === 0) ?? ['s', 1000];
  return `${ms / size}${unit}`;
}
