import { ERASED, type Eraser } from './erase.ts';

/** Matches an e-mail address and everything that may precede it, such as the name of a URL parameter. */
const ADDRESS = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~:-]+(?:@|%40)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*/giu;

/** Matches the positions where the address may begin within such a match. */
const BEGINNING = /^|(?<=[^\p{L}\p{N}])(?=[\p{L}\p{N}])/gu;

/** Returns true for a text, or JSON, that may hold an address. */
export const mayMention = (text: string): boolean => text.includes('@') || text.includes('%40');

/** Returns an eraser of the e-mail addresses for which a test is true, anywhere in a text. */
export const mentionEraser =
  (isForgotten: (email: string) => boolean): Eraser =>
  (text) =>
    mayMention(text) ? text.replaceAll(ADDRESS, (match) => eraseAddress(match, isForgotten)) : text;

function eraseAddress(match: string, isForgotten: (email: string) => boolean): string {
  for (const { index } of match.matchAll(BEGINNING)) {
    const address = match.slice(index);
    if (isForgotten(address) || (address.includes('%') && isForgotten(decoded(address))))
      return match.slice(0, index) + ERASED;
  }
  return match;
}

/** Returns the decoded form of an address in a URL; the address itself if it cannot be decoded. */
function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
