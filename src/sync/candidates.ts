import { unreadableRecords } from '../extract/holes.ts';
import type { Page } from '../extract/page.ts';
import { createReader } from '../extract/reader.ts';
import { walk, type WalkState } from '../extract/walk.ts';
import { countStored, knownIds, randomIds, storedIdPages } from '../load/tombstones.ts';
import { formatError } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import { normalizeResponse } from '../normalize/normalize.ts';
import type { Rows } from '../normalize/rows.ts';
import { certain, compare } from './compare-stored.ts';
import { concurrencyOf } from './context.ts';
import { createIdSet, type IdSet } from './id-set.ts';
import { openIdentity } from './identity.ts';
import { walkProgress } from './progress.ts';
import { shownReach } from './reach.ts';
import { unsuspected, type Candidate, type Verification } from './verification.ts';

/** Picks stored records at random. */
export async function* candidatesOfSample(
  { context, stream, result }: Verification,
  count: number,
): AsyncGenerator<Candidate> {
  const reach = await shownReach(context, stream);
  const ids = await randomIds(context.db.pool, stream, reach, count);
  if (ids.length === 0) result.hidden = (await countStored(context.db.pool, stream, reach)).stored;
  for (const id of ids) {
    result.records += 1;
    yield { id };
  }
}

/** Walks the source: yields records that differ from the stored ones, then stored records that were on no page. */
export async function* candidatesOfWalk(check: Verification): AsyncGenerator<Candidate> {
  const { context, stream, result, signal } = check;
  const { db, http, source, log } = context;
  const seen = createIdSet();
  const identity = await openIdentity(context, stream, { looksOnly: true });
  const known = stream.discovery.by === 'id' ? await knownIds(db.pool, stream, await shownReach(context, stream)) : [];
  const state: WalkState = { stream, mode: 'full', spans: [], known, concurrency: concurrencyOf(context) };
  for await (const walked of walk(createReader(http, source, stream, log), state, log, signal)) {
    await identity.admit(walked.page.records, signal);
    noteRecords(check, walked.page, seen);
    result.records = seen.size;
    context.onProgress?.(walkProgress(state, { pages: walked.number, records: result.records }));
    yield* candidatesOn(check, walked.page);
  }
  const unreadable = unreadableRecords(stream, state.spans);
  if (unreadable) result.error = formatError(unreadable);
  else yield* unseen(check, seen); // otherwise what was on no page may be among the unreadable
}

function noteRecords({ context, owners }: Verification, { records }: Page, seen: IdSet): void {
  for (const record of records) {
    if (!isObject(record)) continue;
    if (typeof record.id === 'string') seen.add(record.id);
    const owner = context.source.ownerOf?.(record);
    if (owner !== undefined) owners?.add(owner);
  }
}

/** Stored records that were on no page. */
async function* unseen({ context, stream, result, reachOnce }: Verification, seen: IdSet): AsyncGenerator<Candidate> {
  const { pool } = context.db;
  const reach = await reachOnce();
  const { stored, inReach } = await countStored(pool, stream, reach);
  result.hidden = stored - inReach;
  for await (const ids of storedIdPages(pool, stream, reach))
    yield* ids.filter((id) => !seen.has(id)).map((id) => ({ id }));
}

/** Returns the records of a page that differ, each in something that no other record has shown yet. */
async function* candidatesOn(check: Verification, { records, observedAt }: Page): AsyncGenerator<Candidate> {
  const { context, stream, result } = check;
  const rowsOf = (some: Page['records']) =>
    normalizeResponse(context.source, stream.entity, { records: some, observedAt });
  const differences = await compare(check, rowsOf(records).rows);
  if (differences.length === 0) return;
  // A page merges the rows of its records: only where it differs, they are told apart.
  for (const record of records) {
    const { ids, rows } = rowsOf([record]);
    const shown = differences.filter(({ shownBy }) => hasRow(rows, shownBy));
    const found = certain(check, rows, shown);
    const fresh = unsuspected(check, found);
    if (ids[0] !== undefined && fresh.length > 0) yield { id: ids[0], found: fresh };
    if (shown.length > 0 && found.length === 0) result.behind += 1;
  }
}

function hasRow(rows: Rows, key: string): boolean {
  for (const { plan, first } of rows.values())
    if (key.startsWith(`${plan.name} `) && first.has(key.slice(plan.name.length + 1))) return true;
  return false;
}
