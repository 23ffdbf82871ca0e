import { microseconds } from '../model/instant.ts';
import { isObject, type Json } from '../model/json.ts';
import type { List, Stream } from '../model/stream.ts';
import type { Interval } from './coverage.ts';

/** Why a page was read. */
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

/** One end of a page: the record's id, and its place in the list's order as a key that grows along the list. */
export interface Edge {
  id: string;
  key: number;
}

/** What one answer showed of the list. Each answer is one look at it, so a page shows all that lies between its ends. */
export interface Span {
  leg: Phase;
  page: number;
  limit: number;
  count: number;
  total: number;
  first: Edge | null;
  last: Edge | null;
  /** Whether the list was seen to end on this page. */
  ends: boolean;
  /** Position at which the page showed the record that the head page ended with. */
  meets: number | null;
  sentAt: string;
  observedAt: string;
  /** One of the parts that a page was read in. */
  isPart?: true;
  /** Places in the list, counted from 0, that could not be read: the page shows nothing. By id, which one. */
  unread?: { from: number; to: number; why: string; id?: string };
}

/** The first place in the list that a page is about. */
export const startOf = ({ page, limit, unread }: Span): number => unread?.from ?? (page - 1) * limit;

/** The place after the last. */
export const endOf = ({ page, limit, unread }: Span): number => unread?.to ?? page * limit;

function edge(record: Json, order: List['order']): Edge | undefined {
  if (!isObject(record) || typeof record.id !== 'string') return undefined;
  const at = microseconds(record.created_at);
  return at === undefined ? undefined : { id: record.id, key: order === 'ascending' ? at : -at };
}

/** The limit of a stream's pages: what the source applied to a whole one, or to the parts where none could be read whole but all in parts. */
export function pageLimit(spans: readonly Span[], { pageSize }: Pick<Stream, 'pageSize'>): number {
  const whole = spans.find(({ isPart, unread }) => !isPart && !unread);
  if (whole) return Math.min(pageSize, whole.limit);
  return spans.some(({ unread }) => unread) ? pageSize : Math.min(pageSize, ...spans.map(({ limit }) => limit));
}

/** The outermost records that have an id and a date; a record without is no end one can rely on. */
export function ends(records: readonly Json[], order: List['order']): { first: Edge | null; last: Edge | null } {
  const edges = records.map((record) => edge(record, order));
  return { first: edges.find((found) => found) ?? null, last: edges.findLast((found) => found) ?? null };
}

/** The part of the list that the page alone proves to be read. Records with the same date as an end may lie beyond it. */
export function proven(span: Span): Interval {
  if (span.unread) return { from: 0, to: 0 };
  if (span.count === 0) return span.page === 1 && span.ends ? { from: -Infinity, to: Infinity } : { from: 0, to: 0 };
  const [begins, finishes] = span.leg === 'head' ? [span.ends, span.page === 1] : [span.page === 1, span.ends];
  return {
    from: begins ? -Infinity : (span.first?.key ?? Infinity),
    to: finishes ? Infinity : (span.last?.key ?? -Infinity),
  };
}

/** True when a request sent after another was answered found fewer records: some were deleted, or a replica lags. */
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
