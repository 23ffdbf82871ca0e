import { lanesOf, type Engine } from './engine.ts';
import { readAhead } from './extract/read-ahead.ts';
import type { Checkpoint } from './load/checkpoint.ts';
import { commitBatch, rowsOf } from './load/commit.ts';
import type { Lease } from './load/lease.ts';
import type { Sightings } from './load/sightings.ts';
import { bury, unseenIds } from './load/tombstones.ts';
import { getRecord } from './pull.ts';
import { reachOf } from './reach.ts';
import type { Stream } from './stream.ts';
import { count, type Tally } from './tally.ts';

/** A full walk whose pages are all stored, the right to it, and what it was shown. */
export interface Walked {
  checkpoint: Checkpoint<unknown>;
  lease: Lease;
  sightings: Sightings;
}

/**
 * Asks for each record that the walk did not see by its id: only what the source says is gone, and would show if it were
 * there, gets a tombstone. Throws a NothingShownError when the settings name an owner that the source shows nothing of.
 */
export async function confirmDeletions(
  engine: Engine,
  stream: Stream,
  { checkpoint, lease, sightings }: Walked,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const { db, source, onProgress } = engine;
  const { counters } = tally;
  const reach = await reachOf(engine, stream, sightings.owners, signal);
  const ids = await unseenIds(db.pool, stream, reach, checkpoint);
  const read = (at: number, within: AbortSignal) => getRecord(engine, stream, ids[at] ?? '', within);
  for await (const { id, record, observedAt } of readAhead(0, ids.length - 1, lanesOf(engine), read, signal)) {
    if (record === undefined)
      counters.tombstoned += await bury(db.pool, source, stream, { id, observedAt, reach }, lease);
    else {
      const batch = rowsOf(source, stream.entity, { records: [record], observedAt });
      await sightings.note(batch.rows);
      count(engine, tally, await commitBatch(db, source, stream.entity, batch, { lease }));
    }
    onProgress?.({
      stream: stream.name,
      mode: 'full',
      pages: counters.pages,
      expectedPages: counters.pages,
      records: counters.records,
      phase: 'tombstones',
    });
  }
}
