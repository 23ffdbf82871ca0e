/** Bytes with a meaning in JSON: those of other characters never contain them in UTF-8. */
export const [QUOTE, COLON, COMMA] = Buffer.from('":,');
export const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = Buffer.from('{}[]');
export const [ZERO = 0, NINE = 0] = Buffer.from('09');
const [BACKSLASH, POINT, SMALL_E, LARGE_E] = Buffer.from('\\.eE');

// Constants are copied before a loop, as V8 would read them from the module for each byte.

/** Returns the place of the quote that ends the text which begins here, or a place behind the last byte where none does. */
export function endOfText(bytes: Buffer, start: number): number {
  const quote = QUOTE;
  const backslash = BACKSLASH;
  const { length } = bytes;
  let at = start + 1;
  while (at < length) {
    const byte = bytes[at];
    if (byte === quote) return at;
    at += byte === backslash ? 2 : 1;
  }
  return at;
}

/** Returns the place behind the digits that begin here, with their decimal point. */
export function endOfDigits(bytes: Buffer, start: number): number {
  const [zero, nine, point] = [ZERO, NINE, POINT];
  for (let at = start + 1; ; at++) {
    const byte = bytes[at] ?? 0;
    if ((byte < zero || byte > nine) && byte !== point) return at;
  }
}

/** True where the exponent of a number stands. */
export const isExponent = (byte: number | undefined) => byte === SMALL_E || byte === LARGE_E;
