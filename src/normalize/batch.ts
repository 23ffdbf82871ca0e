import type { Json } from '../model/json.ts';
import type { Entity } from '../model/entity.ts';
import type { Source } from '../model/source.ts';
import type { Row, Rows } from './rows.ts';

/** A record from a page, a response to a request by id, or a webhook. */
export interface IncomingRecord {
  entity: Entity;
  record: Json;
  observedAt: string;
  /** True if the source reports that it has deleted the record. */
  isDeleted: boolean;
}

/** A record that cannot be a row, with the reason and the payload without its secrets. */
export interface Rejection {
  recordId: string | null;
  reason: string;
  payload: Json;
}

/** Records as rows, before any transaction. */
export interface Batch {
  incoming: IncomingRecord[];
  /** Rows of each table. */
  rows: Rows;
  /** Ids of the records that are rows, in the order of the records. */
  ids: string[];
  /** Records that cannot be rows. */
  rejected: Map<IncomingRecord, Rejection>;
  /** Records that the source reports as deleted, with their rows. */
  deleted: Map<IncomingRecord, Row>;
  /** Number of values that had no column or did not fit it, by `table.field`. */
  drift: Map<string, number>;
  secretKeys: ReadonlySet<string>;
}

/** The parts of a source that storing its records depends on. */
export type SourceRef = Pick<
  Source,
  'name' | 'account' | 'ownerOf' | 'secretKeys' | 'privacy' | 'streams' | 'lookupOnly'
>;
