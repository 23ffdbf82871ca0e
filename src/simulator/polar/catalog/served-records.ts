import { micros } from '../../instants.ts';
import type { TableRecord } from '../table.ts';

/** The records that lists show: those that are not deleted, ascending in `created_at`. */
export function servedRecords<T extends TableRecord>(records: ReadonlyMap<string, T>): T[] {
  const served = [...records.values()].filter((record) => !record.deleted_at);
  return served.sort((a, b) => micros(a.created_at) - micros(b.created_at));
}

/** True for a record that is there and not deleted. */
export function isServed(records: ReadonlyMap<string, TableRecord>, id: string): boolean {
  const record = records.get(id);
  return record !== undefined && !record.deleted_at;
}
