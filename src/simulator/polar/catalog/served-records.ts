import { micros } from '../../instants.ts';
import type { TableRecord } from '../table.ts';

/** The records of a stream of the catalog: those that are deleted are in no response. */
export const servedRecords = <T extends TableRecord>(records: ReadonlyMap<string, T>) => ({
  records,
  isServed: (id: string) => {
    const record = records.get(id);
    return record !== undefined && !record.deleted_at;
  },
});

/** The rows of its list, ascending in `created_at`. */
export const servedRows = <T extends TableRecord>(records: ReadonlyMap<string, T>) => ({
  rows: () =>
    [...records.values()]
      .filter((record) => !record.deleted_at)
      .sort((a, b) => micros(a.created_at) - micros(b.created_at)),
  idOf: ({ id }: T) => id,
});
