import { expect, test } from 'vitest';
import { endOf, ends, hasShrunk, pageLimit, proven, startOf } from '../../src/extract/span.ts';
import { spanOf } from '../support/spans.ts';

const record = (id: string, second: number) => ({ id, created_at: `2026-01-01T00:00:0${second}Z` });

test('a page stands where its number and limit say, an unread part where its places are', () => {
  const page = spanOf({ page: 3, limit: 10 });
  expect([startOf(page), endOf(page)]).toEqual([20, 30]);
  const unread = spanOf({ page: 3, limit: 10, unread: { from: 24, to: 25, why: '500' } });
  expect([startOf(unread), endOf(unread)]).toEqual([24, 25]);
});

test('the keys of a page’s ends grow along the list, whichever way it is sorted', () => {
  const [older, newer] = [record('a', 1), record('b', 2)];
  const ascending = ends([older, newer], 'ascending');
  expect(ascending).toMatchObject({ first: { id: 'a' }, last: { id: 'b' } });
  expect((ascending.last?.key ?? 0) - (ascending.first?.key ?? 0)).toBe(1_000_000);
  const descending = ends([newer, older], 'descending');
  expect((descending.last?.key ?? 0) - (descending.first?.key ?? 0)).toBe(1_000_000);
});

test('a record without an id or a date is no end of a page', () => {
  const records = [{ id: 'x' }, record('a', 1), { created_at: '2026-01-01T00:00:02Z' }, 'nothing'];
  expect(ends(records, 'ascending')).toMatchObject({ first: { id: 'a' }, last: { id: 'a' } });
  expect(ends([], 'ascending')).toEqual({ first: null, last: null });
});

test('a page proves what lies strictly between its ends, and all before the first page or after the last', () => {
  expect(proven(spanOf({ page: 2, keys: [5, 9] }))).toEqual({ from: 5, to: 9 });
  expect(proven(spanOf({ page: 1, keys: [5, 9] }))).toEqual({ from: -Infinity, to: 9 });
  expect(proven(spanOf({ page: 2, keys: [5, 9], ends: true }))).toEqual({ from: 5, to: Infinity });
});

test('the newest page is read the other way round: it is the list’s end, and its beginning where the list ends on it', () => {
  expect(proven(spanOf({ leg: 'head', page: 1, keys: [5, 9] }))).toEqual({ from: 5, to: Infinity });
  expect(proven(spanOf({ leg: 'head', page: 1, keys: [5, 9], ends: true }))).toEqual({ from: -Infinity, to: Infinity });
});

test('an empty list is proved by an empty first page, nothing by an unread or a later empty one', () => {
  const nothing = { from: 0, to: 0 };
  expect(proven(spanOf({ page: 1, count: 0, ends: true }))).toEqual({ from: -Infinity, to: Infinity });
  expect(proven(spanOf({ page: 2, count: 0 }))).toEqual(nothing);
  expect(proven(spanOf({ page: 1, keys: [5, 9], unread: { from: 0, to: 1, why: '500' } }))).toEqual(nothing);
});

test('pages are as large as the source made a whole one, or as the smallest part where none could be read whole', () => {
  const stream = { pageSize: 100 };
  const part = spanOf({ limit: 25, isPart: true });
  const unread = spanOf({ limit: 1, unread: { from: 0, to: 1, why: '500' } });
  expect(pageLimit([], stream)).toBe(100);
  expect(pageLimit([part, spanOf({ limit: 50 })], stream)).toBe(50);
  expect(pageLimit([part, spanOf({ limit: 13, isPart: true })], stream)).toBe(13);
  expect(pageLimit([part, unread], stream)).toBe(100);
});

test('a list has shrunk when a request sent after an answer counts fewer records than that answer', () => {
  const at = (sent: number, observed: number, total: number) =>
    spanOf({ sentAt: `2026-01-01T00:00:0${sent}Z`, observedAt: `2026-01-01T00:00:0${observed}Z`, total });
  expect(hasShrunk([at(0, 1, 10), at(2, 3, 10), at(4, 5, 12)])).toBe(false);
  expect(hasShrunk([at(0, 1, 10), at(2, 3, 9)])).toBe(true);
  expect(hasShrunk([at(2, 3, 9), at(0, 1, 10)])).toBe(true);
});

test('of two requests that were under way together neither came first', () => {
  const at = (total: number, observedAt: string) => spanOf({ total, sentAt: '2026-01-01T00:00:00Z', observedAt });
  expect(hasShrunk([at(10, '2026-01-01T00:00:01Z'), at(9, '2026-01-01T00:00:02Z')])).toBe(false);
});
