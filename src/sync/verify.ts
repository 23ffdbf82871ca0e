import { setTimeout as pause } from 'node:timers/promises';
import { concurrencyOf, type SyncContext } from './context.ts';
import { formatError, FatalError } from '../model/errors.ts';
import { readAhead } from '../extract/read-ahead.ts';
import { unreadableRecords } from '../extract/holes.ts';
import { createReader } from '../extract/reader.ts';
import type { Page } from '../extract/page.ts';
import { expectedPages, walk, type Walk } from '../extract/walk.ts';
import { microseconds } from '../model/instant.ts';
import { isObject } from '../model/json.ts';
import { rowsOf } from '../load/commit.ts';
import { compareRows, rowKey, type Difference, type RowDifference } from '../load/compare.ts';
import { snapshot, workerIsThere } from '../database/database.ts';
import { createIdSet } from './id-set.ts';
import { databaseTime } from '../ledger/overdue.ts';
import { newestVersion, type Rows } from '../normalize/rows.ts';
import { lastWalkStart, wasWalkedSince } from '../ledger/runs.ts';
import type { Reach } from '../ledger/sightings.ts';
import { planOf } from '../database/table-plan.ts';
import { countStored, isStored, knownIds, randomIds, storedIdPages } from '../load/tombstones.ts';
import { getRecord } from '../extract/record.ts';
import { openIdentity } from './identity.ts';
import { lazyReach, shownReach } from './reach.ts';
import { intervalOf, parseSchedule } from '../model/schedule.ts';
import { refOf, type Stream, type StreamRef } from '../model/stream.ts';
import { listOf } from '../ledger/list.ts';

/** What verifying a stream found, as `verify --json` prints it; its differences are told one by one. */
export interface Verified extends StreamRef {
  /** Records of the stream that were compared. */
  records: number;
  /** Rows that are not stored, that the source does not have, and that differ; a set that differs counts as one. */
  missing: number;
  extra: number;
  different: number;
  /** Records that the source changed after the last complete walk began: the next one brings them. */
  behind: number;
  /** Rows that are stored, but not shown to this credential, so that nothing is known of them. */
  hidden: number;
  requests: number;
  durationMs: number;
  /** Why it could not be read to the end. */
  error?: string;
}

/** A difference, and the id of the record of the stream by which it was found: pulling that mends it. */
export interface Mismatch extends Difference {
  record: string;
}

/** What is asked of a verification. */
export interface VerifyOptions {
  /** So many records at random by their ids, instead of all. */
  sample?: number;
  /** Before each look at a record by its id: a change under way must have time to arrive. */
  pausesMs?: readonly number[];
  onDifference: (discovery: Mismatch) => void;
}

/** So many records that differ are asked for by id before they count; where more differ, it is not because they just changed. */
const MOST_REREAD = 100;

const PAUSES_MS = [0, 1000, 3000];

/** So many differences are remembered, so that what nests in many records is told once. */
const MOST_REMEMBERED = 200_000;

/** A verification under way. */
interface Verification {
  context: SyncContext;
  stream: Stream;
  /** When the last complete walk began, in microseconds since 1970 by the source's clock. */
  since: number;
  verified: Verified;
  wanted: VerifyOptions;
  suspected: Set<string>;
  event: Set<string>;
  /** Owners that the walk has shown; undefined where there is no walk. */
  owners: Set<string> | undefined;
  /** Whose absence says something; known once the walk is over. */
  reachOnce: () => Promise<Reach>;
  signal: AbortSignal;
}

/** A record that may differ; without what was found, its page did not show it. */
interface Candidate {
  id: string;
  found?: RowDifference[];
}

/**
 * Compares what the source says with what is stored: every column of every row, every set, both ways. Changes nothing.
 * A record that differs is read again by its id before that counts. Never throws for a failure of the reading itself.
 */
export async function verify(
  context: SyncContext,
  stream: Stream,
  wanted: VerifyOptions,
  signal: AbortSignal,
): Promise<Verified> {
  const started = performance.now();
  const sentBefore = context.http.sent();
  const verified: Verified = { ...refOf(stream), ...emptyStats };
  try {
    const since = microseconds(await lastWalkStart(context.db.pool, refOf(stream), listOf(context.source, stream)));
    const owners = wanted.sample === undefined ? new Set<string>() : undefined;
    const reachOnce = lazyReach(context, stream, owners, signal);
    const memory = { suspected: new Set<string>(), event: new Set<string>(), owners, reachOnce };
    const check: Verification = { context, stream, since: since ?? Infinity, verified, wanted, ...memory, signal };
    await judgeAll(check, wanted.sample === undefined ? suspectsOfWalk(check) : sampled(check, wanted.sample));
    requireShown(check);
  } catch (error) {
    verified.error = formatError(error);
  }
  verified.requests = context.http.sent() - sentBefore;
  verified.durationMs = Math.round(performance.now() - started);
  return verified;
}

const emptyStats = { records: 0, missing: 0, extra: 0, different: 0, behind: 0, hidden: 0, requests: 0, durationMs: 0 };

async function* sampled({ context, stream, verified }: Verification, count: number): AsyncGenerator<Candidate> {
  const reach = await shownReach(context, stream);
  const ids = await randomIds(context.db.pool, stream, reach, count);
  if (ids.length === 0) verified.hidden = (await countStored(context.db.pool, stream, reach)).stored;
  for (const id of ids) {
    verified.records += 1;
    yield { id };
  }
}

/** Throws when what is stored was compared with nothing: that is no equality. */
function requireShown({ verified, wanted, context: { source } }: Verification): void {
  const { hidden, records } = verified;
  if (hidden === 0 || (records > 0 && wanted.sample === undefined)) return;
  const { credential, settings } = source.access;
  const whose = settings.owner === null ? settings.url : `${settings.url} and ${settings.owner}`;
  throw new FatalError(
    `${hidden} stored records are not shown to this ${credential}, so that nothing is known of them: check ${whose}; if they are right, run sync`,
  );
}

/** Walks the source: records that differ from what is stored, then those that are stored but were on no page. */
async function* suspectsOfWalk(check: Verification): AsyncGenerator<Candidate> {
  const { context, stream, verified, signal } = check;
  const { db, http, source, log } = context;
  const seen = createIdSet();
  const identity = await openIdentity(context, stream, { looksOnly: true });
  const known = stream.discovery.by === 'id' ? await knownIds(db.pool, stream, await shownReach(context, stream)) : [];
  const plan: Walk = { stream, mode: 'full', spans: [], horizon: 0, known, concurrency: concurrencyOf(context) };
  for await (const { page, number } of walk(createReader(http, source, stream, log), plan, log, signal)) {
    await identity.admit(page.records, signal);
    for (const record of page.records) {
      if (!isObject(record)) continue;
      const owner = stream.owner === null ? undefined : record[stream.owner];
      if (typeof record.id === 'string') seen.add(record.id);
      if (typeof owner === 'string') check.owners?.add(owner.toLowerCase());
    }
    verified.records = seen.size;
    const facts = { stream: stream.name, mode: plan.mode, expectedPages: expectedPages(plan), records: seen.size };
    context.onProgress?.({ ...facts, pages: number, phase: 'walk' });
    yield* suspectsOn(check, page);
  }
  const unreadable = unreadableRecords(stream, plan.spans);
  if (unreadable) verified.error = formatError(unreadable);
  if (unreadable) return; // what was on no page may be among these
  const reach = await check.reachOnce();
  const { stored, inReach } = await countStored(db.pool, stream, reach);
  verified.hidden = stored - inReach;
  for await (const ids of storedIdPages(db.pool, stream, reach)) for (const id of ids) if (!seen.has(id)) yield { id };
}

/** The records of a page that differ, each in something that no other record has shown yet. */
async function* suspectsOn(check: Verification, { records, observedAt }: Page): AsyncGenerator<Candidate> {
  const { verified, suspected } = check;
  const { source } = check.context;
  const { entity } = check.stream;
  const differences = await compare(check, rowsOf(source, entity, { records, observedAt }).rows);
  if (differences.length === 0) return;
  for (const record of records) {
    const { ids, rows } = rowsOf(source, entity, { records: [record], observedAt });
    const shown = differences.filter(({ shownBy }) => hasRow(rows, shownBy));
    const found = certain(check, rows, shown);
    const fresh = found.filter((difference) => !suspected.has(keyOf(difference)));
    for (const difference of fresh) remember(suspected, keyOf(difference));
    if (ids[0] !== undefined && fresh.length > 0) yield { id: ids[0], found: fresh };
    if (shown.length > 0 && found.length === 0) verified.behind += 1;
  }
}

/** Compares rows with what is stored. */
function compare({ context }: Verification, rows: Rows): Promise<RowDifference[]> {
  return snapshot(context.db.pool, (client) => compareRows(client, rows, context.source.account));
}

/**
 * Without what the source changed after the last walk. What has no date of its own, or changes without one, may be the
 * doing of something newer beside it.
 */
function certain({ since }: Verification, rows: Rows, differences: readonly RowDifference[]): RowDifference[] {
  if (newestVersion(rows) < since) return [...differences];
  return differences.filter(({ version, isNewer }) => isNewer && version !== undefined && version < since);
}

function hasRow(rows: Rows, key: string): boolean {
  for (const { plan, first } of rows.values())
    if (key.startsWith(`${plan.name} `) && first.has(key.slice(plan.name.length + 1))) return true;
  return false;
}

/** Looks again at what may differ, and tells what does. */
async function judgeAll(check: Verification, suspects: AsyncIterable<Candidate>): Promise<void> {
  const open: string[] = [];
  for await (const { id, found } of suspects) {
    if (open.length < MOST_REREAD) open.push(id);
    else tell(check, id, found ?? (await look(check, id)));
  }
  await settle(check, open);
}

async function settle(check: Verification, ids: readonly string[]): Promise<void> {
  const { wanted, signal } = check;
  let open = ids.map((id): Required<Candidate> => ({ id, found: [] }));
  for (const ms of wanted.pausesMs ?? PAUSES_MS) {
    if (open.length === 0) return;
    await pause(ms, undefined, { signal });
    open = await lookAgain(check, open);
  }
  if (open.length > 0 && (await nextWalk(check))) open = await lookAgain(check, open);
  for (const { id, found } of open) tell(check, id, found);
}

/** Those that still differ. */
async function lookAgain(check: Verification, suspects: readonly Candidate[]): Promise<Required<Candidate>[]> {
  const read = async (at: number) => {
    const { id = '' } = suspects[at] ?? {};
    return { id, found: await look(check, id) };
  };
  const range = { first: 0, last: suspects.length - 1, concurrency: concurrencyOf(check.context) };
  return (await Array.fromAsync(readAhead(range, read, check.signal))).filter(({ found }) => found.length > 0);
}

const LONGEST_WAIT_MS = 6 * 60_000;

/**
 * While a worker is there, waits for its next full walk of the source, unless that is far away: it tells what the source
 * changed without a date from what is wrong. Answers whether there was one.
 */
async function nextWalk({ context, stream, signal }: Verification): Promise<boolean> {
  const { db, source, log } = context;
  const soon = source.streams.filter(({ schedules: { full } }) => {
    const schedule = parseSchedule(full ?? '');
    return schedule !== undefined && intervalOf(schedule) <= LONGEST_WAIT_MS;
  });
  if (soon.length === 0) return false;
  const [since, started] = [await databaseTime(db.pool), performance.now()];
  while ((await workerIsThere(db.pool)) && performance.now() - started < LONGEST_WAIT_MS) {
    if (performance.now() - started < 1000)
      log.info(refOf(stream), "some rows differ: waiting up to six minutes for the worker's next walk");
    await pause(1000, undefined, { signal });
    const walked = await Promise.all(soon.map((one) => wasWalkedSince(db.pool, refOf(one), since)));
    if (walked.every(Boolean)) return true;
  }
  return false;
}

/** What of a record differs, as the source and the tables are now. */
async function look(check: Verification, id: string): Promise<RowDifference[]> {
  const { context, stream, signal } = check;
  const { record, observedAt } = await getRecord(context, stream, id, signal);
  if (record !== undefined) {
    const { rows } = rowsOf(context.source, stream.entity, { records: [record], observedAt });
    return certain(check, rows, await compare(check, rows));
  }
  if (!(await isStored(context.db.pool, stream, id))) return [];
  if (!(await isStored(context.db.pool, stream, id, await check.reachOnce()))) {
    if (check.owners === undefined) check.verified.hidden += 1; // after a walk they are counted all together
    return [];
  }
  const table = planOf(stream.entity.table).name;
  return [{ kind: 'extra', table, id, version: undefined, isNewer: false, shownBy: rowKey(table, id) }];
}

function tell({ verified, wanted, event }: Verification, record: string, found: readonly RowDifference[]): void {
  for (const { version: _version, isNewer: _isNewer, shownBy: _shownBy, ...difference } of found) {
    if (event.has(keyOf(difference))) continue;
    const row = keyOf({ ...difference, column: '' });
    if (!event.has(row)) verified[difference.kind] += 1;
    remember(event, row);
    remember(event, keyOf(difference));
    wanted.onDifference({ ...difference, record });
  }
}

const keyOf = ({ table, id, column = '' }: Difference) => `${table} ${id} ${column}`;

function remember(keys: Set<string>, key: string): void {
  if (keys.size < MOST_REMEMBERED) keys.add(key);
}
