import { ERASED, type Eraser } from './erase.ts';

/** An e-mail address with all that may stand before it, such as the name of a parameter of a URL. */
const ADDRESS = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~:-]+(?:@|%40)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*/giu;

/** Where the address may begin within such a match. */
const BEGINNING = /^|(?<=[^\p{L}\p{N}])(?=[\p{L}\p{N}])/gu;

/** True for a text, or JSON, that may hold an address. */
export const mayMention = (text: string): boolean => text.includes('@') || text.includes('%40');

/** Returns an eraser of the e-mail addresses that a test holds for, wherever they stand in a text. */
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

/** The address as a URL encodes it, decoded; itself where it cannot be. */
function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
