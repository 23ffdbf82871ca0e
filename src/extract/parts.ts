import { formatError, RetryableError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import type { List } from '../model/stream.ts';
import type { Page } from './page.ts';
import { startOf, type Phase, type Span } from './span.ts';

/** A page of a list to be asked for. */
export interface Window {
  leg: Phase;
  list: List;
  page: number;
  limit: number;
}

/** Reads a page; with `retries` other than those of the client. */
export type ReadPage = (window: Window, signal: AbortSignal, retries?: number) => Promise<Page>;

/** Places in a list, counted from 0, without the last. */
interface Places {
  from: number;
  to: number;
}

/** A page that no list reaches: it shows whether the source answers at all, and no record can spoil it. */
const FAR_PAGE = 10_000_000;

/** A part is tried twice: that the page fails for good is known. */
const PART_RETRIES = 1;

/** So many parts of one page, and of all pages of a walk, are asked for. */
const MOST_PARTS = { page: 120, walk: 500 };

/** A page of which so many parts fail before one can be read is dark; so many dark pages end a walk. */
const [DARK_PARTS, MOST_DARK] = [14, 2];

/** What a walk may still spend on pages that cannot be read. */
interface Left {
  parts: number;
  dark: number;
}

/**
 * Reads pages, and goes around what cannot be read: a source that serializes live data fails at a whole page for one record
 * that it cannot serialize. While it answers other requests, such a page is halved, down to the record; the result is its
 * parts in order, and one without records for each place that cannot be read. Throws what the page failed with when the
 * source as a whole does not answer, or too much of it.
 */
export function readAround(read: ReadPage, log: Logger): (window: Window, signal: AbortSignal) => Promise<Page[]> {
  const left: Left = { parts: MOST_PARTS.walk, dark: MOST_DARK };
  return async (window, signal) => {
    try {
      return [await read(window, signal)];
    } catch (error) {
      if (!(error instanceof RetryableError) || error.rateLimited) throw error;
      const far = await read({ ...window, page: FAR_PAGE, limit: 1 }, signal, PART_RETRIES).catch(() => undefined);
      if (!far) throw error;
      log.warn(
        { page: window.page, limit: window.limit },
        `a page cannot be read, it is read in parts: ${error.message}`,
      );
      const { parts, unread } = await halve(read, window, left, signal);
      if (left.parts <= 0 || left.dark < 0) throw error;
      const holes = joined(unread, far.span.total).map((places) =>
        hole(far, window, { ...places, why: formatError(error) }),
      );
      return [...parts, ...holes].toSorted((one, other) => startOf(one.span) - startOf(other.span));
    }
  };
}

/** Reads smaller windows wherever one failed, until they are single places. */
async function halve(
  read: ReadPage,
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

/** About half of a limit, or less: the largest divisor down to a tenth, as such windows do not overlap. */
function smaller(limit: number): number {
  const sizes = Array.from({ length: Math.floor(limit / 2) }, (_, index) => Math.floor(limit / 2) - index);
  return sizes.find((size) => limit % size === 0 && size * 10 >= limit) ?? Math.ceil(limit / 2);
}

function failedPart(error: unknown): undefined {
  if (!(error instanceof RetryableError) || error.rateLimited) throw error;
}

/** The windows of a limit that hold places between them, and which of these each holds. */
function windowsOver({ from, to }: Places, limit: number): { page: number; within: Places }[] {
  const first = Math.floor(from / limit);
  return Array.from({ length: Math.ceil(to / limit) - first }, (_, index) => {
    const start = (first + index) * limit;
    return { page: first + index + 1, within: { from: Math.max(from, start), to: Math.min(to, start + limit) } };
  });
}

/** Places next to each other as one, without those beyond the end of the list. */
function joined(unread: readonly Places[], total: number): Places[] {
  const runs: Places[] = [];
  for (const { from, to } of unread) {
    const last = runs.at(-1);
    if (last?.to === from) last.to = Math.min(to, total);
    else if (from < total) runs.push({ from, to: Math.min(to, total) });
  }
  return runs;
}

/** Places that cannot be read as a page without records; the total is that of the answer that showed the source alive. */
function hole({ span, ...far }: Page, { leg, page, limit }: Window, unread: NonNullable<Span['unread']>): Page {
  return {
    ...far,
    records: [],
    span: { ...span, leg, page, limit, first: null, last: null, count: 0, ends: false, unread },
  };
}
