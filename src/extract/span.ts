import { microseconds } from '../model/instant.ts';
import { isObject, type Json } from '../model/json.ts';
import type { List, Stream } from '../model/stream.ts';
import type { Interval } from './coverage.ts';

/** The phase of a walk that a page was read in. */
export type Phase =
  | 'head'
  | 'ascent'
  | 'recent'
  | 'unsettled'
  | 'draining'
  | 'lingering'
  | 'bridge'
  | 'pass'
  | 'detail';

/** One end of a page: the record's id, and its sort key, which grows along the list. */
export interface Edge {
  id: string;
  key: number;
}

/**
 * Part of the list that one response showed. Each response shows the list at one moment, so a page shows all records between
 * its ends.
 */
export interface Span {
  leg: Phase;
  page: number;
  limit: number;
  count: number;
  total: number;
  first: Edge | null;
  last: Edge | null;
  /** True when the list ended on this page. */
  ends: boolean;
  /** Position at which the page showed the oldest record of the head page. */
  meets: number | null;
  sentAt: string;
  observedAt: string;
  /** True for a part of a page that was read in parts. */
  isPart?: true;
  /** Places in the list, counted from 0, that could not be read; the page shows nothing. `id` names the record of a walk by ids. */
  unread?: { from: number; to: number; why: string; id?: string };
}

/** Returns the first place in the list that a page covers. */
export const startOf = ({ page, limit, unread }: Span): number => unread?.from ?? (page - 1) * limit;

/** Returns the place after the last that a page covers. */
export const endOf = ({ page, limit, unread }: Span): number => unread?.to ?? page * limit;

function edge(record: Json, order: List['order'], date: string): Edge | undefined {
  if (!isObject(record) || typeof record.id !== 'string') return undefined;
  const at = microseconds(record[date]);
  return at === undefined ? undefined : { id: record.id, key: order === 'ascending' ? at : -at };
}

/** Returns the limit of a stream's pages: what the source applied to a whole page, or to the parts where all pages were read in parts. */
export function pageLimit(spans: readonly Span[], { pageSize }: Pick<Stream, 'pageSize'>): number {
  const whole = spans.find(({ isPart, unread }) => !isPart && !unread);
  if (whole) return Math.min(pageSize, whole.limit);
  return spans.some(({ unread }) => unread) ? pageSize : Math.min(pageSize, ...spans.map(({ limit }) => limit));
}

/** Returns the outermost records that have an id and a date; others cannot serve as ends. */
export function ends(
  records: readonly Json[],
  order: List['order'],
  date = 'created_at',
): { first: Edge | null; last: Edge | null } {
  const edges = records.map((record) => edge(record, order, date));
  return { first: edges.find((found) => found) ?? null, last: edges.findLast((found) => found) ?? null };
}

/** Returns the interval that the page alone proves to be read. Records with the same date as an end may lie beyond it. */
export function proven(span: Span): Interval {
  if (span.unread) return { from: 0, to: 0 };
  if (span.count === 0) return span.page === 1 && span.ends ? { from: -Infinity, to: Infinity } : { from: 0, to: 0 };
  const [begins, finishes] = span.leg === 'head' ? [span.ends, span.page === 1] : [span.page === 1, span.ends];
  return {
    from: begins ? -Infinity : (span.first?.key ?? Infinity),
    to: finishes ? Infinity : (span.last?.key ?? -Infinity),
  };
}

/** True when a request that was sent after another response shows a smaller total: records were deleted, or a replica lags. */
export function hasShrunk(spans: readonly Span[]): boolean {
  const answered = [...spans].sort((a, b) => (a.observedAt < b.observedAt ? -1 : 1));
  const sent = [...spans].sort((a, b) => (a.sentAt < b.sentAt ? -1 : 1));
  let most = 0;
  let next = 0;
  for (const span of sent) {
    for (; (answered[next]?.observedAt ?? '~') < span.sentAt; next++) most = Math.max(most, answered[next]?.total ?? 0);
    if (span.total < most) return true;
  }
  return false;
}
