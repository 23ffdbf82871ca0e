import { hash } from 'node:crypto';

/** A set of ids in 16 bytes per id. It keeps 52 bits of a hash of each, so two ids are hardly ever taken for one. */
export interface IdSet {
  readonly size: number;
  add(id: string): void;
  has(id: string): boolean;
}

/** An empty set. */
export function createIdSet(): IdSet {
  let slots = new Float64Array(1024); // open addressing, at most half full; zero is a free slot
  let size = 0;
  const slotOf = (key: number) => {
    let slot = key % slots.length;
    while (slots[slot] !== 0 && slots[slot] !== key) slot = (slot + 1) % slots.length;
    return slot;
  };
  const grow = () => {
    const before = slots;
    slots = new Float64Array(2 * before.length);
    for (const key of before) if (key !== 0) slots[slotOf(key)] = key;
  };
  return {
    get size() {
      return size;
    },
    add(id) {
      const key = keyOf(id);
      const slot = slotOf(key);
      if (slots[slot] === key) return;
      slots[slot] = key;
      size += 1;
      if (2 * size > slots.length) grow();
    },
    has: (id) => slots[slotOf(keyOf(id))] !== 0,
  };
}

function keyOf(id: string): number {
  const bytes = hash('sha1', id, 'buffer');
  return bytes.readUIntBE(0, 6) * 16 + (bytes.readUInt8(6) >> 4) || 1;
}
