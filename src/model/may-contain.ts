/** Number of characters that are compared together, and the longest skip. */
const [BLOCK, MOST_SKIPPED] = [3, 255];

/** Returns a number for the block that ends at a character, regardless of the case of its letters. */
const blockAt = (text: string, at: number) =>
  ((text.charCodeAt(at - 2) & 31) << 10) | ((text.charCodeAt(at - 1) & 31) << 5) | (text.charCodeAt(at) & 31);

/**
 * Returns a test that is true for each text that contains one of these, in any case, and false for nearly all others.
 * It skips most characters, as the Wu–Manber algorithm does, while a regular expression checks each one.
 */
export function mayContain(wanted: readonly string[]): (text: string) => boolean {
  const shortest = Math.min(MOST_SKIPPED, ...wanted.map(({ length }) => length));
  const isFolded = wanted.every((one) => /^[ -~]*$/.test(one)); // other letters have cases that differ in more than one bit
  if (shortest < BLOCK || !isFolded) return () => true;
  const skips = new Uint8Array(2 ** 15).fill(shortest - BLOCK + 1);
  for (const one of wanted)
    for (let at = BLOCK - 1; at < shortest; at++) {
      const block = blockAt(one, at);
      skips[block] = Math.min(skips[block] ?? 0, shortest - 1 - at);
    }
  const beginnings = new Set(wanted.map((one) => blockAt(one, BLOCK - 1)));
  return (text) => {
    for (let at = shortest - 1; at < text.length;) {
      const skip = skips[blockAt(text, at)] ?? 0;
      if (skip === 0 && beginnings.has(blockAt(text, at - shortest + BLOCK))) return true;
      at += skip || 1;
    }
    return false;
  };
}
