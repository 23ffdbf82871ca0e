/** A stream of seeded chance: the same seed gives the same values on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform 32-bit integer, 0 included. */
  word(): number;
  /** Uniform integer, both ends included. */
  integer(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T extends Defined>(items: readonly T[]): T;
}

/** Anything but undefined. */
export type Defined = object | string | number | boolean | null;

/** Seeded chance for one thing: `kind` and `index` keep the streams of different things apart (sfc32). */
export function random(seed: number, kind: string, index = 0): Random {
  const word = sfc32(seed | 0, hashOf(kind), index | 0);
  const next = () => word() / 4_294_967_296;
  return {
    next,
    word,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => at(items, Math.floor(next() * items.length)),
  };
}

/** One draw in [0, 1) without a stream, for scans over many indices. */
export function draw(seed: number, kind: string, index: number): number {
  return scramble(hashOf(kind) ^ scramble(index ^ scramble(seed))) / 4_294_967_296;
}

/** Mixes 32 bits so that neighbours end up far apart. */
export function scramble(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Reorders the part of `items` between two positions, in place. */
export function shuffle(items: Defined[], from: number, to: number, chance: Random): void {
  for (let last = to - 1; last > from; last--) {
    const other = chance.integer(from, last);
    [items[last], items[other]] = [at(items, other), at(items, last)];
  }
}

/** The item at a position that must exist; throws RangeError when it does not. */
export function at<T extends Defined>(items: readonly T[], position: number): T {
  const item = items[position];
  if (item === undefined) throw new RangeError(`no item ${position} among ${items.length}`);
  return item;
}

function sfc32(a: number, b: number, c: number): () => number {
  let counter = 1;
  const word = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) word();
  return word;
}

const digests = new Map<string, number>();

function hashOf(text: string): number {
  const known = digests.get(text);
  if (known !== undefined) return known;
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  digests.set(text, value);
  return value;
}
