/** The record of an id; throws RangeError when there is none, so that a test's slip does not pass in silence. */
export function found<T>(records: ReadonlyMap<string, T>, id: string, kind: string): T {
  const record = records.get(id);
  if (record === undefined) throw new RangeError(`no ${kind} ${id}`);
  return record;
}

/** Records by their id, in the same order. */
export function byId<T extends { id: string }>(records: readonly T[]): Map<string, T> {
  return new Map(records.map((record) => [record.id, record]));
}

/** A map that is made when it is first read. */
export function lazyMap<K, V>(open: () => ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return {
    get size() {
      return open().size;
    },
    has: (key) => open().has(key),
    get: (key) => open().get(key),
    forEach: (visit) => {
      open().forEach(visit);
    },
    keys: () => open().keys(),
    values: () => open().values(),
    entries: () => open().entries(),
    [Symbol.iterator]: () => open().entries(),
  };
}
