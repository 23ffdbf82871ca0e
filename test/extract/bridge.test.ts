import { fc } from '../support/fast-check.ts';
import { expect, test } from 'vitest';
import { bridge } from '../../src/extract/bridge.ts';
import { gaps, type Interval } from '../../src/extract/coverage.ts';
import type { Page } from '../../src/extract/page.ts';
import type { Reader } from '../../src/extract/reader.ts';
import { ends, proven } from '../../src/extract/span.ts';
import { UnreadableListError } from '../../src/model/errors.ts';
import { isObject, type Json } from '../../src/model/json.ts';
import { spanOf } from '../support/spans.ts';

const stream = { name: 'a stream' };
const list = { order: 'ascending', filter: {} } as const;
const { signal } = new AbortController();

const START = Date.UTC(2026, 0, 1);
const keyOf = (second: number) => (START + second * 1000) * 1000;
const recordOf = (second: number, index: number) => ({
  id: `record ${index}`,
  created_at: new Date(START + second * 1000).toISOString(),
});

/** Reads pages of what `records` returns at each request; it is told where the page ends. */
function readerOf(records: (end: number) => readonly Json[]): Pick<Reader, 'read'> {
  return {
    async read({ leg, page, limit }) {
      const all = records(page * limit);
      const shown = all.slice((page - 1) * limit, page * limit);
      const edges = ends(shown, 'ascending');
      const facts = { count: shown.length, total: all.length, ends: shown.length < limit, ...edges };
      const { observedAt, ...span } = spanOf({ leg, page, limit, ...facts });
      return [{ records: shown, observedAt, sourceTime: undefined, span: { ...span, observedAt } }];
    },
  };
}

const bridged = (reader: Pick<Reader, 'read'>, gap: Interval, size: number, position = 0): Promise<Page[]> =>
  Array.fromAsync(bridge(reader, stream, { list, gap, position, size }, signal));

const idsOn = (pages: readonly Page[]) =>
  new Set(pages.flatMap(({ records }) => records.map((record) => isObject(record) && record.id)));

test('what lies in a gap is read, wherever the gap and the first window are', async () => {
  const seconds = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 60 });
  const place = fc.integer({ min: 0, max: 60 });
  await fc.assert(
    fc.asyncProperty(seconds, place, place, place, async (dates, one, other, position) => {
      const records = dates.toSorted((a, b) => a - b).map(recordOf);
      const gap = { from: keyOf(Math.min(one, other)), to: keyOf(Math.max(one, other)) };
      const ids = idsOn(
        await bridged(
          readerOf(() => records),
          gap,
          10,
          position,
        ),
      );
      const within = records.filter(({ created_at: at }) => {
        const key = Date.parse(at) * 1000;
        return gap.from <= key && key <= gap.to;
      });
      expect(within.filter(({ id }) => !ids.has(id))).toEqual([]);
    }),
  );
});

test('the windows prove the whole gap where no date has more records than a window', async () => {
  const records = Array.from({ length: 50 }, (_, index) => recordOf(index, index));
  const gap = { from: keyOf(9), to: keyOf(10) };
  const pages = await bridged(
    readerOf(() => records),
    gap,
    10,
    10,
  );
  const outside = [
    { from: -Infinity, to: gap.from },
    { from: gap.to, to: Infinity },
  ];
  expect(gaps([...outside, ...pages.map(({ span }) => proven(span))])).toEqual([]);
});

test('more records of one date than a window holds are all read, although each answer orders them differently', async () => {
  const records = Array.from({ length: 25 }, (_, index) => recordOf(5, index));
  let turn = 0;
  const rotated = () => [...records.slice((turn += 7) % 25), ...records.slice(0, turn % 25)];
  const pages = await bridged(readerOf(rotated), { from: keyOf(5), to: keyOf(5) }, 10);
  expect(idsOn(pages).size).toBe(25);
});

/** Keeps the list in memory, however far it is read. */
const MOST = 5000;

test('a list that grows in front of the gap faster than it is read ends in an UnreadableListError', async () => {
  const growing = (end: number) =>
    Array.from({ length: Math.min(end, MOST) + 100 }, (_, index) => recordOf(index < end ? 5 : 20, index));
  const reading = bridged(readerOf(growing), { from: keyOf(9), to: keyOf(10) }, 10, 50);
  await expect(reading).rejects.toThrow(UnreadableListError);
});

test('a window that cannot be read ends it: the walk is not complete anyway', async () => {
  const hole = { ...spanOf({ unread: { from: 0, to: 1, why: '500' } }), leg: 'bridge' } as const;
  const page = { records: [], observedAt: hole.observedAt, sourceTime: undefined, span: hole };
  const pages = await bridged({ read: async () => [page] }, { from: keyOf(9), to: keyOf(10) }, 10);
  expect(pages).toEqual([page]);
});
