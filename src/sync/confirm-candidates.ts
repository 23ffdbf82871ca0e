import { setTimeout as pause } from 'node:timers/promises';
import { workerIsThere } from '../database/database.ts';
import { planOf } from '../database/table-plan.ts';
import { readAhead } from '../extract/read-ahead.ts';
import { getRecord } from '../extract/record.ts';
import { databaseTime } from '../ledger/overdue.ts';
import { wasWalkedSince } from '../ledger/runs.ts';
import { missingScopes } from '../ledger/scopes.ts';
import { rowKey, type RowDifference } from '../load/compare.ts';
import { isStored } from '../load/tombstones.ts';
import { intervalOf, parseSchedule } from '../model/schedule.ts';
import { labelOf, refOf } from '../model/stream.ts';
import { normalizeResponse } from '../normalize/normalize.ts';
import { certain, compare } from './compare-stored.ts';
import { concurrencyOf } from './context.ts';
import { report, type Candidate, type Verification } from './verification.ts';

/** Most candidates that are read again by id before they count; more do not differ just because they have changed. */
const MOST_REREAD = 100;

const PAUSES_MS = [0, 1000, 3000];

/** Reads candidates again if the source has a request for that, and reports their differences. */
export async function confirmCandidates(check: Verification, candidates: AsyncIterable<Candidate>): Promise<void> {
  const open: string[] = [];
  for await (const { id, found } of candidates) {
    if (check.stream.recordPath === null) report(check, id, found ?? []);
    else if (open.length < MOST_REREAD) open.push(id);
    else report(check, id, found ?? (await reread(check, id)));
  }
  await settle(check, open);
}

async function settle(check: Verification, ids: readonly string[]): Promise<void> {
  const { options, signal } = check;
  let open = ids.map((id): Required<Candidate> => ({ id, found: [] }));
  for (const ms of options.pausesMs ?? PAUSES_MS) {
    if (open.length === 0) return;
    await pause(ms, undefined, { signal });
    open = await rereadAll(check, open);
  }
  if (open.length > 0 && (await nextWalk(check))) open = await rereadAll(check, open);
  for (const { id, found } of open) report(check, id, found);
}

/** Returns the candidates that still differ. */
async function rereadAll(check: Verification, candidates: readonly Candidate[]): Promise<Required<Candidate>[]> {
  const read = async (at: number) => {
    const id = candidates[at]?.id ?? '';
    return { id, found: await reread(check, id) };
  };
  const range = { first: 0, last: candidates.length - 1, concurrency: concurrencyOf(check.context) };
  const all = readAhead(range, read, check.signal);
  return (await Array.fromAsync(all)).filter(({ found }) => found.length > 0);
}

/** Returns the differences of a record, as the source and the tables are now. */
async function reread(check: Verification, id: string): Promise<RowDifference[]> {
  const { context, stream, signal } = check;
  const { record, observedAt } = await getRecord(context, stream, id, signal);
  if (record === undefined) return absent(check, id);
  const { rows } = normalizeResponse(context.source, stream.entity, { records: [record], observedAt });
  return certain(check, rows, await compare(check, rows));
}

/** Returns the differences of a record that the source does not have: its row, if the absence proves something. */
async function absent({ context, stream, result, owners, reachOnce }: Verification, id: string) {
  const { pool } = context.db;
  if (!(await isStored(pool, stream, id))) return [];
  if (!(await isStored(pool, stream, id, await reachOnce()))) {
    if (owners === undefined) result.hidden += 1; // after a walk they are counted all together
    return [];
  }
  const table = planOf(stream.entity.table).name;
  const row = { table, id, version: undefined, isNewer: false, shownBy: rowKey(table, id) };
  return [{ kind: 'extra' as const, ...row }];
}

const LONGEST_WAIT_MS = 6 * 60_000;

/**
 * Waits for the next full walk of a running worker, unless that is far away. It separates what the source changed without a
 * date from real differences. Returns whether there was one.
 */
async function nextWalk({ context, stream, signal }: Verification): Promise<boolean> {
  const { db, source, log } = context;
  const missing = await missingScopes(db.pool, [source]);
  const soon = source.streams.filter((one) => {
    const schedule = parseSchedule(one.schedules.full ?? '');
    const isLeftOut = missing.get(labelOf(refOf(one)))?.isLeftOut;
    return !isLeftOut && schedule !== undefined && intervalOf(schedule) <= LONGEST_WAIT_MS;
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
