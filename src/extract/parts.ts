import { formatError, RetryableError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import type { List } from '../model/stream.ts';
import type { Page } from './page.ts';
import { startOf, type Phase, type Span } from './span.ts';

/** A page of a list to request. */
export interface Window {
  leg: Phase;
  list: List;
  page: number;
  limit: number;
}

/** Reads a page; `retries` overrides those of the client. */
export type PageReader = (window: Window, signal: AbortSignal, retries?: number) => Promise<Page>;

/** A range of places in a list, counted from 0, without `to`. */
interface Places {
  from: number;
  to: number;
}

/** A page that no list reaches: it shows whether the source responds, and no record can make it fail. */
const FAR_PAGE = 10_000_000;

/** A part is tried twice: the page is already known to fail. */
const PART_RETRIES = 1;

/** Most parts that are requested of one page, and of all pages of a walk. */
const MOST_PARTS = { page: 120, walk: 500 };

/** A page is dark when this many parts fail before one can be read. This many dark pages end a walk. */
const [DARK_PARTS, MOST_DARK] = [14, 2];

/** The requests that a walk may still spend on unreadable pages. */
interface Left {
  parts: number;
  dark: number;
}

/**
 * Returns a function that reads pages around unreadable records: a source that serializes live data fails on a whole page for
 * one record that it cannot serialize. While the source responds to other requests, such a page is halved, down to the record.
 * The result is its parts in order, with a page without records for each unreadable range of places. Throws the page's error
 * when the source does not respond, or fails on too many parts.
 */
export function readAround(read: PageReader, log: Logger): (window: Window, signal: AbortSignal) => Promise<Page[]> {
  const left: Left = { parts: MOST_PARTS.walk, dark: MOST_DARK };
  return async (window, signal) => {
    try {
      return [await read(window, signal)];
    } catch (error) {
      if (!(error instanceof RetryableError) || error.rateLimited) throw error;
      const far = await read({ ...window, page: FAR_PAGE, limit: 1 }, signal, PART_RETRIES).catch(() => undefined);
      if (!far) throw error;
      log.warn(
        { page: window.page, limit: window.limit, errorCode: error.code },
        `a page cannot be read, reading it in parts: ${error.message}`,
      );
      const { parts, unread } = await halve(read, window, left, signal);
      if (left.parts <= 0 || left.dark < 0) throw error;
      const holes = joined(unread, far.span.total).map((places) =>
        pageWithoutRecords(far, window, { ...places, why: formatError(error) }),
      );
      return [...parts, ...holes].toSorted((one, other) => startOf(one.span) - startOf(other.span));
    }
  };
}

/** Reads smaller windows where one failed, down to single places. */
async function halve(
  read: PageReader,
  window: Window,
  left: Left,
  signal: AbortSignal,
): Promise<{ parts: Page[]; unread: Places[] }> {
  const from = (window.page - 1) * window.limit;
  const parts: Page[] = [];
  let asked = 0;
  const isEnough = () => asked > MOST_PARTS.page || (parts.length === 0 && asked > DARK_PARTS);
  const ask = (page: number, limit: number) => {
    asked += 1;
    return read({ ...window, page, limit }, signal, PART_RETRIES).catch(failedPart);
  };
  let unread: Places[] = [{ from, to: from + window.limit }];
  for (let { limit } = window; limit > 1 && unread.length > 0 && !isEnough();) {
    limit = smaller(limit);
    const windows = unread.flatMap((places) => windowsOver(places, limit));
    unread = [];
    for (const { page, within } of windows) {
      const part = isEnough() ? undefined : await ask(page, limit);
      if (part) parts.push({ ...part, span: { ...part.span, isPart: true } });
      else unread.push(within);
    }
  }
  left.parts -= asked;
  if (parts.length === 0) left.dark -= 1;
  return { parts, unread };
}

/** Returns about half of a limit: its largest proper divisor down to a tenth, so that the windows do not overlap. */
function smaller(limit: number): number {
  const sizes = Array.from({ length: Math.floor(limit / 2) }, (_, index) => Math.floor(limit / 2) - index);
  return sizes.find((size) => limit % size === 0 && size * 10 >= limit) ?? Math.ceil(limit / 2);
}

function failedPart(error: unknown): undefined {
  if (!(error instanceof RetryableError) || error.rateLimited) throw error;
}

/** Returns the windows of a limit that together hold the places, and the places in each. */
function windowsOver({ from, to }: Places, limit: number): { page: number; within: Places }[] {
  const first = Math.floor(from / limit);
  return Array.from({ length: Math.ceil(to / limit) - first }, (_, index) => {
    const start = (first + index) * limit;
    return { page: first + index + 1, within: { from: Math.max(from, start), to: Math.min(to, start + limit) } };
  });
}

/** Joins adjacent places, without those beyond the end of the list. */
function joined(unread: readonly Places[], total: number): Places[] {
  const runs: Places[] = [];
  for (const { from, to } of unread) {
    const last = runs.at(-1);
    if (last?.to === from) last.to = Math.min(to, total);
    else if (from < total) runs.push({ from, to: Math.min(to, total) });
  }
  return runs;
}

/** Returns a page without records for unreadable places, with the total of the response that showed the source to work. */
function pageWithoutRecords(
  { span, ...far }: Page,
  { leg, page, limit }: Window,
  unread: NonNullable<Span['unread']>,
): Page {
  return {
    ...far,
    records: [],
    span: { ...span, leg, page, limit, first: null, last: null, count: 0, ends: false, unread },
  };
}
