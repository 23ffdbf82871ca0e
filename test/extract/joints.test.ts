import { expect, test } from 'vitest';
import { jointsOf } from '../../src/extract/joints.ts';
import { spanOf } from '../support/spans.ts';

const always = () => true;

test('two pages with nothing between them cover the dates at which they meet', () => {
  const pages = [spanOf({ page: 1, keys: [1, 5] }), spanOf({ page: 2, keys: [8, 12] })];
  expect(jointsOf(pages, always)).toEqual([{ from: 4, to: 9 }]);
});

test('an empty page after another covers the end of the list', () => {
  const pages = [spanOf({ page: 1, keys: [1, 5] }), spanOf({ page: 2, count: 0 })];
  expect(jointsOf(pages, always)).toEqual([{ from: 4, to: Infinity }]);
});

test('pages that meet at equal dates leave that date open, at every boundary it touches', () => {
  const pages = [
    spanOf({ page: 1, keys: [1, 5] }),
    spanOf({ page: 2, keys: [5, 5] }),
    spanOf({ page: 3, keys: [7, 9] }),
  ];
  expect(jointsOf(pages, always)).toEqual([{ from: 5, to: 8 }]);
});

test('pages with a place between them, or one that could not be read, do not meet', () => {
  const first = spanOf({ page: 1, keys: [1, 5] });
  expect(jointsOf([first, spanOf({ page: 3, keys: [8, 12] })], always)).toEqual([]);
  const unread = spanOf({ page: 2, unread: { from: 10, to: 11, why: '500' } });
  expect(jointsOf([first, unread, spanOf({ page: 3, keys: [8, 12] })], always)).toEqual([]);
});

test('pages between which the list may have moved do not meet', () => {
  const pages = [spanOf({ page: 1, keys: [1, 5], total: 30 }), spanOf({ page: 2, keys: [8, 12], total: 29 })];
  expect(jointsOf(pages, (before, after) => after.total >= before.total)).toEqual([]);
});
