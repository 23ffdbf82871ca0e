import type { Json } from '../model/json.ts';
import type { Entity } from '../model/entity.ts';
import type { Source } from '../model/source.ts';
import type { Row, Rows } from './rows.ts';

/** A record as a page, an answer or a webhook brought it. */
export interface IncomingRecord {
  entity: Entity;
  record: Json;
  observedAt: string;
  /** True when the source says that it has deleted the record. */
  isDeleted: boolean;
}

/** A record that cannot be a row, with the reason and the payload less its secrets. */
export interface Rejection {
  recordId: string | null;
  reason: string;
  payload: Json;
}

/** What records come to, before any transaction. */
export interface Batch {
  incoming: IncomingRecord[];
  /** Rows of each table. */
  rows: Rows;
  /** Ids of the records that are rows, in their order. */
  ids: string[];
  /** Records that cannot be rows. */
  rejected: Map<IncomingRecord, Rejection>;
  /** Records that the source says it has deleted, with their rows. */
  deleted: Map<IncomingRecord, Row>;
  /** By `table.field`: how many values had no column or did not fit theirs. */
  drift: Map<string, number>;
  secretKeys: ReadonlySet<string>;
}

/** What of a source the tables depend on. */
export type SourceRef = Pick<
  Source,
  'name' | 'account' | 'ownerOf' | 'secretKeys' | 'privacy' | 'streams' | 'lookupOnly'
>;
