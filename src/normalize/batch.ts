import type { Json } from '../model/json.ts';
import type { Entity } from '../model/entity.ts';
import type { Source } from '../model/source.ts';
import { emptyBatch, normalize, type Normalized, type Rejected } from './normalize.ts';

/** A record as it arrived, by a page, an answer or a webhook. */
export interface IncomingRecord {
  entity: Entity;
  record: Json;
  observedAt: string;
  /** True when the source says that it has deleted the record. */
  isDeleted: boolean;
}

/** Rows of all that arrived; `rejected` are those that cannot be rows. */
export interface Batch extends Normalized {
  incoming: readonly IncomingRecord[];
  unusable: Map<IncomingRecord, Rejected>;
}

/** What of a source the tables depend on. */
export type SourceRef = Pick<Source, 'name' | 'account' | 'ownerOf' | 'secretKeys' | 'streams' | 'lookupOnly'>;

/** Brings records into rows, before any transaction. */
export function batchOf({ secretKeys }: Pick<SourceRef, 'secretKeys'>, incoming: readonly IncomingRecord[]): Batch {
  const batch: Batch = { ...emptyBatch(), incoming, unusable: new Map() };
  for (const one of incoming) {
    const { entity, record, observedAt, isDeleted } = one;
    normalize(batch, entity, [record], observedAt, secretKeys, !isDeleted);
    const rejected = batch.rejected.at(-1);
    if (rejected && batch.rejected.length > batch.unusable.size) batch.unusable.set(one, rejected);
  }
  return batch;
}
