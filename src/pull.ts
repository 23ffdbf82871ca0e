import type { Engine } from './engine.ts';
import { getOne } from './extract/reader.ts';
import type { JsonObject } from './json.ts';
import { commitRecords, type CommittedRecords } from './load/commit.ts';
import { bury } from './load/tombstones.ts';
import type { Stream } from './stream.ts';

/** A record as it was asked for by id. */
export interface Fetched {
  id: string;
  /** Undefined when the source says that there is none. */
  record: JsonObject | undefined;
  observedAt: string;
}

/** Asks for a record by its id. Only the source's own word that it does not exist makes it undefined. */
export async function getRecord(
  { http, source }: Engine,
  stream: Stream,
  id: string,
  signal: AbortSignal,
): Promise<Fetched> {
  const { record, observedAt } = await getOne(http, source, stream, id, signal);
  return { id, record, observedAt };
}

/** What became of one id that was pulled. */
export interface Pulled {
  id: string;
  outcome: 'inserted' | 'updated' | 'unchanged' | 'rejected' | 'not found';
}

/** Fetches single records by id and stores them as a page would; one that the source no longer has gets its tombstone. */
export async function pull(
  engine: Engine,
  stream: Stream,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Pulled[]> {
  const { db, source } = engine;
  const pulled: Pulled[] = [];
  for (const id of ids) {
    const { record, observedAt } = await getRecord(engine, stream, id, signal);
    if (record === undefined) {
      await bury(db.pool, source, stream, id, observedAt);
      pulled.push({ id, outcome: 'not found' });
      continue;
    }
    const stored = await commitRecords(db, source, stream.entity, { records: [record], observedAt });
    pulled.push({ id, outcome: outcomeOf(stored) });
  }
  return pulled;
}

function outcomeOf({ effect, rejected }: CommittedRecords): Pulled['outcome'] {
  if (rejected > 0) return 'rejected';
  if (effect.inserted > 0) return 'inserted';
  return effect.updated > 0 ? 'updated' : 'unchanged';
}
