import { UnreadableListError } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import type { Logger } from '../model/log.ts';
import { refOf, type List, type Mode, type Stream } from '../model/stream.ts';
import { bridge } from './bridge.ts';
import { collect } from './collect.ts';
import { closed, gaps, type Interval } from './coverage.ts';
import { discover } from './discover.ts';
import { extentOf, holesOf } from './holes.ts';
import { jointsOf } from './joints.ts';
import { readAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';
import type { Page } from './page.ts';
import { skipUndated } from './undated.ts';
import { endOf, hasShrunk, pageLimit, proven, startOf, type Phase, type Span } from './span.ts';

/** Range of an incremental walk. */
export interface Lookback {
  ms: number;
  /** Creation date down to which it reads, in microseconds since 1970. */
  horizon: number;
  /** True for the whole look-back of the stream; then the older records that may still change are read as well. */
  isWhole: boolean;
}

/** Parameters of a walk, and the pages that it has read. */
export interface WalkState {
  stream: Stream;
  mode: Mode;
  /** Pages that earlier runs of this walk stored; grows as pages are yielded. */
  spans: Span[];
  /** Absent from full walks. */
  lookback?: Lookback | undefined;
  /** Ids that are stored already, for walks by ids. */
  known: readonly string[];
  /** Number of pages that are requested concurrently. */
  concurrency: number;
  /** True to read only what no earlier run stored. That proves nothing, so another walk must follow. */
  isRestOnly?: boolean;
}

/** A page of a walk, and its number among all pages of the walk, those of earlier runs included; from 1. */
export interface NumberedPage {
  page: Page;
  number: number;
}

const everything = ({ discovery }: Stream, order: List['order']): List => ({
  order,
  date: discovery.by === 'date' ? discovery.date : undefined,
  filter: {},
});

const EVERYTHING: Lookback = { ms: Infinity, horizon: -Infinity, isWhole: true };

/** Returns the number of page requests that the totals promise for the whole walk; undefined before the first page. */
export function expectedPages({ mode, stream, spans }: WalkState): number | undefined {
  const last = spans.at(-1);
  if (last?.leg === 'detail') return last.total;
  const leg = last?.leg === 'pass' ? 'pass' : 'head';
  const read = spans.filter((span) => span.leg === leg);
  const [first] = read;
  return mode === 'full' && first ? Math.max(1, Math.ceil(first.total / pageLimit(read, stream))) : undefined;
}

/**
 * Reads the pages of a stream. A full walk ends only when every record that the source listed throughout was on a page,
 * whatever was inserted, deleted or reordered meanwhile. An incremental walk ends when that holds down to the horizon.
 * Pages already in `spans` are not read again, nor, where another walk follows, the boundaries between them. Unreadable records
 * are skipped: a walk that left holes in `spans` is not complete. Throws an UnreadableListError when the list cannot be covered.
 */
export async function* walk(
  reader: Reader,
  state: WalkState,
  log: Logger,
  signal: AbortSignal,
): AsyncGenerator<NumberedPage> {
  for await (const page of pagesOf(reader, state, log, signal)) yield { page, number: state.spans.push(page.span) };
}

function pagesOf(reader: Reader, state: WalkState, log: Logger, signal: AbortSignal): AsyncGenerator<Page> {
  const { discovery } = state.stream;
  if (discovery.by === 'page') return collect(reader, state.stream, log, signal);
  if (discovery.by === 'id') return discover(reader, { ...state, discovery }, log, signal);
  return state.mode === 'full' ? fullWalk(reader, state, log, signal) : incrementalWalk(reader, state, signal);
}

/**
 * Reads the newest page first, then from the oldest upwards, where only a deletion moves a record, until a page reaches the
 * newest one again. If the record where they meet stands where it stood, nothing has moved.
 */
async function* fullWalk(reader: Reader, state: WalkState, log: Logger, signal: AbortSignal): AsyncGenerator<Page> {
  const { stream, spans } = state;
  const isResumed = spans.length > 0;
  if (!isResumed)
    yield* await reader.read(
      { leg: 'head', list: everything(stream, 'descending'), page: 1, limit: stream.pageSize },
      signal,
    );
  const newest = spans.filter((span) => span.leg === 'head');
  const head = newest.findLast(({ unread, count }) => !unread && (count > 0 || newest.length === 1));
  if (head?.ends && newest.length === 1) return;
  yield* ascend(reader, state, head, signal);
  if (state.isRestOnly) return;
  const ascent = spans.filter((span) => span.leg === 'ascent');
  const holes = holesOf(spans);
  const shrunk = hasShrunk([...newest, ...ascent]);
  const isStill = !shrunk && (!head || ascent.some(({ meets }) => meets === oldestPlace(head)));
  if (!isStill)
    log.info(refOf(stream), 'records were deleted or moved during the walk, reading across the page boundaries');
  const joints = jointsOf(ascent, (_, after) => isStill || (!shrunk && after.count === 0));
  const covered = [
    ...[...newest, ...ascent, ...spans.filter((span) => span.leg === 'bridge')].map(proven),
    ...(isStill ? holes : []).map(extentOf),
  ];
  const list = everything(stream, 'ascending');
  yield* fillGaps(reader, state, { list, spans: ascent, covered: [...covered, ...joints] }, signal);
  // Records that were created while the walk was interrupted are newer than its newest page.
  if (!isResumed || ascent.at(-1)?.total === head?.total) return;
  const key = -(newest.find(({ last }) => last)?.last?.key ?? Infinity);
  yield* readUntil(reader, state, { leg: 'recent', list: everything(stream, 'descending'), key }, signal);
}

/** Returns the place of the newest page's oldest record, counted from the oldest of all. */
const oldestPlace = (head: Span) => head.total - startOf(head) - head.count;

async function* ascend(
  reader: Reader,
  { stream, spans, concurrency }: WalkState,
  head: Span | undefined,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const list = everything(stream, 'ascending');
  const limit = pageLimit(
    spans.filter((span) => span.leg === 'head'),
    stream,
  );
  const read = async (page: number, within: AbortSignal) =>
    (await reader.read({ leg: 'ascent', list, page, limit }, within)).map((part) => withMeeting(part, head));
  const last = () => spans.findLast((span) => span.leg === 'ascent');
  const next = (span: Span | undefined) => Math.floor((span ? endOf(span) : 0) / limit) + 1;
  // The page where they meet is read after all pages before it, so the record's place then holds for all of them.
  const meetingPage = head ? Math.floor(oldestPlace(head) / limit) + 1 : 0;
  for await (const parts of readAhead({ first: next(last()), last: meetingPage - 1, concurrency }, read, signal))
    yield* parts;
  for (let span = last(); !reaches(span, head); span = last()) {
    const parts = await read(next(span), signal);
    for (const { span: after } of parts) refuseRepetition(stream, span, after);
    yield* parts;
  }
}

function withMeeting(page: Page, head: Span | undefined): Page {
  const index = page.records.findIndex((record) => isObject(record) && record.id === head?.first?.id);
  return index < 0 ? page : { ...page, span: { ...page.span, meets: startOf(page.span) + index } };
}

/** True when the page goes beyond the oldest record of the newest page, or the list ends with it. */
function reaches(span: Span | undefined, head: Span | undefined): boolean {
  if (!span || span.unread) return false;
  return span.count === 0 || span.ends || (span.last?.key ?? -Infinity) > (head?.first?.key ?? Infinity);
}

/** Throws when a page repeats: a source that ignores the page number would be read for ever. */
function refuseRepetition(stream: Stream, before: Span | undefined, after: Span): void {
  const same = before && before.count > 0 && before.first?.id === after.first?.id && before.last?.id === after.last?.id;
  // A whole page of new records would move the same records to the next page.
  if (before && after.total - before.total >= after.limit) return;
  if (same)
    throw new UnreadableListError(
      `the source returns page ${before.page} of ${stream.name} again for page ${after.page}: it cannot be walked`,
    );
}

/** Reads the newest records back to the horizon, then, in a whole look-back, the older ones that may still change. */
async function* incrementalWalk(reader: Reader, state: WalkState, signal: AbortSignal): AsyncGenerator<Page> {
  const { stream, spans, lookback } = state;
  const { horizon, isWhole } = lookback ?? EVERYTHING;
  const changed = stream.incremental?.changed;
  const recent: List = { ...everything(stream, 'descending'), ...(changed && { date: changed }) };
  if (changed !== undefined && !spans.some(({ leg }) => leg === 'recent'))
    yield* skipUndated(reader, { leg: 'recent', list: recent, limit: stream.pageSize }, signal);
  yield* readUntil(reader, state, { leg: 'recent', list: recent, key: -horizon }, signal);
  if (!stream.incremental?.unsettled || !isWhole) return;
  const { all, draining, lingering, lingeringMs } = stream.incremental.unsettled;
  const list: List = { ...everything(stream, 'ascending'), filter: all };
  const parts = await reader.read({ leg: 'unsettled', list, page: 1, limit: stream.pageSize }, signal);
  yield* parts;
  if (parts.length === 1 && isPast(parts[0]?.span, horizon)) return;
  if (draining) {
    const old: List = { ...list, filter: draining };
    yield* readUntil(reader, state, { leg: 'draining', list: old, key: horizon }, signal);
  }
  const key = lingeringMs * 1000 - horizon;
  const newest: List = { ...everything(stream, 'descending'), filter: lingering };
  yield* readUntil(reader, state, { leg: 'lingering', list: newest, key }, signal);
}

/** True when the list has passed a key. */
const isPast = (span: Span | undefined, key: number) =>
  span && !span.unread && (span.count === 0 || span.ends || (span.last?.key ?? -Infinity) > key);

/** A list to read from its start until it has passed a key. */
interface Stretch {
  leg: Phase;
  list: List;
  key: number;
}

/** Reads one page after the other until the list has passed a key. */
async function* readUntil(
  reader: Reader,
  state: WalkState,
  { leg, list, key }: Stretch,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const { stream, spans } = state;
  const ofLeg = () => spans.filter((span) => span.leg === leg);
  for (let span = ofLeg().at(-1); !isPast(span, key); span = ofLeg().at(-1)) {
    const limit = pageLimit(ofLeg(), stream);
    const page = Math.floor((span ? endOf(span) : 0) / limit) + 1;
    const parts = await reader.read({ leg, list, page, limit }, signal);
    for (const { span: after } of parts) refuseRepetition(stream, span, after);
    yield* parts;
  }
  const read = ofLeg();
  // Deletions shift a list unnoticed only together with insertions: a total that never falls is enough here.
  const joints = jointsOf(read, (before, after) => after.total >= before.total);
  const beyond = closed(key + 1, Infinity);
  const [first] = read;
  const skipped = first && startOf(first) > 0 ? [closed(-Infinity, first.first?.key ?? Infinity)] : [];
  const holes = (hasShrunk(read) ? [] : holesOf(read)).map(extentOf);
  const covered = [...read.map(proven), ...joints, ...holes, ...skipped, beyond];
  yield* fillGaps(reader, state, { list, spans: read, covered }, signal);
}

/** Pages of a list, and the intervals that they certainly cover. */
interface Coverage {
  list: List;
  spans: readonly Span[];
  covered: Interval[];
}

/** Reads what no page certainly covers. */
async function* fillGaps(
  reader: Reader,
  { stream }: WalkState,
  { list, spans, covered }: Coverage,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  for (const gap of gaps(covered)) {
    const before = spans.findLast((span) => span.last !== null && span.last.key <= gap.from);
    const position = before ? (before.page - 1) * before.limit + before.count : 0;
    yield* bridge(reader, stream, { list, gap, position, size: pageLimit(spans, stream) }, signal);
  }
}
