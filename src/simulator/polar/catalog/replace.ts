import type { State } from '../state.ts';

/** Puts a new state of a catalog record into its map, and forgets the texts that may hold the old one. */
export function replace<T extends { id: string }>(state: State, records: Map<string, T>, record: T): T {
  records.set(record.id, record);
  state.texts.clear();
  return record;
}

/** The list with an id at a position (the end by default), moved there when it is in the list already. */
export function placed<T>(items: readonly T[], item: T, position = items.length): T[] {
  const others = items.filter((other) => other !== item);
  return [...others.slice(0, position), item, ...others.slice(position)];
}
