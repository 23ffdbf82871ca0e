/** Bytes with a meaning in JSON: those of other characters never contain them in UTF-8. */
export const [QUOTE, COLON, COMMA] = Buffer.from('":,');
export const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = Buffer.from('{}[]');
const [BACKSLASH] = Buffer.from('\\');

/** Returns the place of the quote that ends the text which begins here, or a place behind the last byte where none does. */
export function endOfText(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
