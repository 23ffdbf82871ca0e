import type { State } from '../state.ts';

/** Puts a new state of a catalog record into its map, and forgets the texts that may hold the old one. */
export function putRecord<T extends { id: string }>(state: State, records: Map<string, T>, record: T): T {
  records.set(record.id, record);
  state.texts.clear();
  return record;
}
