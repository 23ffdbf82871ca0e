import { isObject, type Json } from '../model/json.ts';
import type { Entity } from '../model/entity.ts';
import type { Batch, IncomingRecord, Rejection, SourceRef } from './batch.ts';
import { addObject } from './objects.ts';
import { rejectionOf } from './rejection.ts';
import type { Row } from './rows.ts';

/** Converts records to rows, before any transaction. */
export function normalize(source: Pick<SourceRef, 'secretKeys'>, incoming: readonly IncomingRecord[]): Batch {
  const batch = emptyBatch(source);
  addRecords(batch, incoming);
  return batch;
}

/** Returns a batch without records. */
export const emptyBatch = ({ secretKeys }: Pick<SourceRef, 'secretKeys'>): Batch => ({
  incoming: [],
  rows: new Map(),
  ids: [],
  rejected: new Map(),
  deleted: new Map(),
  drift: new Map(),
  secretKeys,
});

function addRecords(batch: Batch, incoming: readonly IncomingRecord[]): void {
  for (const one of incoming) {
    batch.incoming.push(one);
    const rejection = addRecord(batch, one);
    if (rejection) batch.rejected.set(one, rejection);
  }
}

/** Records of one response, with the moment its first byte arrived. */
export interface SourceResponse {
  records: readonly Json[];
  observedAt: string;
}

/** Converts the records of one response to rows, before any transaction. */
export function normalizeResponse(
  source: Pick<SourceRef, 'secretKeys'>,
  entity: Entity,
  response: SourceResponse,
): Batch {
  const batch = emptyBatch(source);
  addResponse(batch, entity, response);
  return batch;
}

/** A part of a batch: records of one response, and the ids of those that are rows. */
export type BatchPart = Pick<Batch, 'incoming' | 'ids'>;

/** Adds the records of one response to a batch. Returns the added part. */
export function addResponse(batch: Batch, entity: Entity, { records, observedAt }: SourceResponse): BatchPart {
  const [incoming, ids] = [batch.incoming.length, batch.ids.length];
  addRecords(
    batch,
    records.map((record) => ({ entity, record, observedAt, isDeleted: false })),
  );
  return { incoming: batch.incoming.slice(incoming), ids: batch.ids.slice(ids) };
}

/**
 * Adds a record to a batch: its row in the entity's table and the rows of all objects nested in it. Returns the
 * rejection of a record without a usable id, and undefined otherwise. Fields without a column, and values that do not
 * fit theirs, go to `extra`.
 *
 * Unless the source reports that it has deleted the record, the record is alive: its row loses a tombstone. Nested
 * objects are left as they were found, because Polar keeps nesting discounts that it has deleted. Only what the record
 * owns, and would lose by not listing it, is alive with it.
 */
function addRecord(batch: Batch, incoming: IncomingRecord): Rejection | undefined {
  const { isDeleted } = incoming;
  const added = addRoot(batch, incoming);
  if (typeof added === 'string') return rejectionOf(incoming, added, batch.secretKeys);
  batch.ids.push(added.id);
  if (isDeleted) batch.deleted.set(incoming, added);
  return undefined;
}

/** Returns the row of a record, or the reason why it cannot be one. */
function addRoot(batch: Batch, { entity, record, observedAt, isDeleted }: IncomingRecord): Row | string {
  if (!isObject(record)) return 'not an object';
  const root = { batch, observedAt, alive: !isDeleted };
  const row = unlessTooDeep(() => addObject(root, entity, record, !isDeleted) ?? null);
  if (row === undefined) return 'nested too deeply';
  return row ?? (record.id === undefined ? 'no id' : 'an id of another form');
}

/** Returns the result, or undefined if a value is nested so deeply that the stack runs out. */
function unlessTooDeep<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
