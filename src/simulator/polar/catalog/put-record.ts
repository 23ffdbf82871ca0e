import { changeOf, type CatalogKind, type CatalogLog, type CatalogRecords } from '../edit-log.ts';
import type { CatalogMaps, State } from '../state.ts';

/** Puts a new state of a catalog record into its map and the edit log, and forgets the texts that may hold the old one. */
export function putRecord<Kind extends CatalogKind>(
  state: State,
  kind: Kind,
  record: CatalogRecords[Kind],
): CatalogRecords[Kind] {
  const [maps, logs]: [CatalogMaps, CatalogLog] = [state, state.log];
  const records = maps[kind];
  logs[kind].push(changeOf(state, records.get(record.id), record));
  records.set(record.id, record);
  state.texts.clear();
  return record;
}
