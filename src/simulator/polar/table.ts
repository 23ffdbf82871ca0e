import { micros } from '../instants.ts';
import { found } from '../records.ts';
import { timeline } from './timeline.ts';

/** The columns that every record of a table has. */
export interface TableRecord {
  id: string;
  created_at: string;
  /** Polar deletes softly: a record with this is in no response. Absent from records that are never deleted. */
  deleted_at?: string | null;
}

/** The records of a resource. They are never changed in place: an edit puts a new one. */
export interface Table<T extends TableRecord> {
  /** Deleted ones included. */
  readonly records: ReadonlyMap<string, T>;
  /** Those that are not deleted, ascending in `created_at`; one joins after those of the same instant. */
  served: () => T[];
  isServed: (id: string) => boolean;
  /** The record of an id; throws RangeError when there is none. */
  get: (id: string) => T;
  /** Adds a record, or replaces the one of the same id, whose `created_at` must be the same. Returns it. */
  put: (record: T) => T;
}

/** A table of the records that there are at the start, which must be ascending in `created_at`. */
export function recordTable<T extends TableRecord>(kind: string, seeded: readonly T[]): Table<T> {
  const records = new Map(seeded.map((record) => [record.id, record]));
  const get = (id: string) => found(records, id, kind);
  const isServed = (id: string) => {
    const record = records.get(id);
    return record !== undefined && !record.deleted_at;
  };
  const order = timeline(
    seeded.filter(({ id }) => isServed(id)).map(({ id }) => id),
    (id) => micros(get(id).created_at),
  );
  return {
    records,
    served: () => order.rows.map(get),
    isServed,
    get,
    put: (record) => {
      const wasServed = isServed(record.id);
      records.set(record.id, record);
      if (isServed(record.id) && !wasServed) order.insert(record.id);
      else if (wasServed && !isServed(record.id)) order.remove(record.id);
      return record;
    },
  };
}
