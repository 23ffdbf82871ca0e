import { UnreadableListError } from '../model/errors.ts';
import { microseconds } from '../model/instant.ts';
import { isObject } from '../model/json.ts';
import type { List, Stream } from '../model/stream.ts';
import { closed, gaps, windowAround, type Interval } from './coverage.ts';
import type { Reader } from './reader.ts';
import type { Page } from './page.ts';
import { proven, type Span } from './span.ts';

/** A gap that needs more windows than this changes faster than it can be read. */
const MOST_WINDOWS = 40;
const MOST_ROUNDS = 20;

/** A gap of a single date that this many windows leave open holds more records than a window. */
const ONE_DATE_WINDOWS = 2;

/** A range of dates that no page covers, its approximate position in the list, and the largest window to read it with. */
export interface Gap {
  list: List;
  gap: Interval;
  position: number;
  size: number;
}

/**
 * Reads across a page boundary with windows of other limits, so that the records at the boundary lie inside one of them.
 * Each window shows the list at one moment, so records that move do no harm. Throws an UnreadableListError when the gap cannot
 * be closed.
 */
export async function* bridge(
  reader: Pick<Reader, 'read'>,
  stream: Pick<Stream, 'name'>,
  { list, gap, position: startAt, size }: Gap,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const covered: Interval[] = [
    { from: -Infinity, to: gap.from },
    { from: gap.to, to: Infinity },
  ];
  let [position, stride, most] = [Math.max(0, startAt), 0, size];
  for (let windows = 0; windows < MOST_WINDOWS; windows++) {
    const { page: number, limit } = windowAround(position, most);
    const parts = await reader.read({ leg: 'bridge', list, page: number, limit }, signal);
    yield* parts;
    if (parts.some(({ span }) => span.unread)) return; // a walk with holes is not complete anyway
    covered.push(...parts.map(({ span }) => proven(span)));
    const rest = gaps(covered)[0];
    if (!rest) return;
    const [page] = parts;
    if (parts.length > 1 || !page) {
      most = Math.max(2, Math.ceil(most / 2));
      continue;
    }
    stride = strideTowards(rest, page.span, stride);
    position = Math.max(0, (number - 1) * limit + (stride > 0 ? page.span.count : 0) + Math.trunc(stride / 2));
    if (rest.from !== rest.to || windows < ONE_DATE_WINDOWS) continue;
    yield* countEqualDates(reader, stream, { list, date: rest.from, position, size: most }, signal);
    covered.push(closed(rest.from, rest.from));
    if (gaps(covered).length === 0) return;
  }
  throw new UnreadableListError(`${stream.name} changes faster than it can be read: the next run starts again`);
}

/** Returns distance and direction of the next window: twice as far each time the gap lies further on the same side. */
function strideTowards(gap: Interval, window: Span, stride: number): number {
  const isBelow = window.count > 0 && (window.last?.key ?? -Infinity) <= gap.from;
  const isAbove = window.count === 0 || (window.first?.key ?? Infinity) >= gap.to;
  if (isBelow) return stride > 1 ? stride * 2 : 2;
  return isAbove && stride < -1 ? stride * 2 : -2;
}

interface DateInList extends Omit<Gap, 'gap'> {
  /** In microseconds since 1970, negative in a descending list. */
  date: number;
}

/**
 * Reads more records of one date than a window holds, in an order that may change with every request. Repeats with other
 * limits until as many different records were seen as the list has places for them.
 */
async function* countEqualDates(
  reader: Pick<Reader, 'read'>,
  stream: Pick<Stream, 'name'>,
  { list, date, position, size }: DateInList,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const seen = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const limit = size - (round % Math.ceil(size / 2));
    let places = 0;
    for await (const page of windowsOf(reader, { list, date, position, size: limit }, signal)) {
      const ids = idsOfDate(page, date, list);
      places += ids.length;
      for (const id of ids) seen.add(id);
      yield page;
    }
    if (seen.size >= places) return;
  }
  throw new UnreadableListError(
    `${stream.name} has too many records of the same ${list.date ?? 'created_at'}, in an order that keeps changing, to be read completely`,
  );
}

/** Reads the windows of one limit from before a date to after it, starting from a window in the middle. */
async function* windowsOf(
  reader: Pick<Reader, 'read'>,
  { list, date, position, size: limit }: DateInList,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const middle = Math.floor(position / limit) + 1;
  let isPast = false;
  const read = (page: number) => reader.read({ leg: 'bridge', list, page, limit }, signal);
  for (let number = middle, isBelow = false; number > 0 && !isBelow; number--) {
    for (const page of await read(number)) {
      yield page;
      isPast ||= (page.span.last?.key ?? -Infinity) > date || page.span.ends;
      isBelow ||= (page.span.first?.key ?? Infinity) < date;
    }
  }
  for (let number = middle + 1; !isPast; number++) {
    for (const page of await read(number)) {
      yield page;
      isPast ||= page.span.count === 0 || page.span.ends || (page.span.last?.key ?? Infinity) > date;
    }
  }
}

function idsOfDate({ records }: Page, at: number, { order, date = 'created_at' }: List): string[] {
  return records.flatMap((record) => {
    if (!isObject(record) || typeof record.id !== 'string') return [];
    const instant = microseconds(record[date]) ?? Number.NaN;
    return (order === 'ascending' ? instant : -instant) === at ? [record.id] : [];
  });
}
