import type { Random } from './random.ts';

/** A version 4 UUID from four 32-bit words; the first and the last word stand in it unchanged. */
export function uuidOf(first: number, second: number, third: number, last: number): string {
  const [a, b, c, d] = [hex(first), hex(second), hex(third), hex(last)];
  const variant = '89ab'[third >>> 30] ?? '8';
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

/** A random version 4 UUID. */
export function randomUuid(chance: Random): string {
  return uuidOf(chance.word(), chance.word(), chance.word(), chance.word());
}

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** True for the text of a version 4 UUID. */
export function isUuid4(text: string): boolean {
  return UUID4.test(text);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Random letters and digits. */
export function token(chance: Random, length: number): string {
  let text = '';
  while (text.length < length) text += ALPHABET[chance.integer(0, 61)];
  return text;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
