import type { ApiAnswer } from '../api.ts';
import { random, type Item } from '../random.ts';
import { ok } from './responses.ts';
import { comparing, type SortValue } from './compare.ts';
import type { Criterion, ListParameters } from './parameters.ts';
import type { PolarSettings } from './settings.ts';
import { windowOf, type Sorted } from './window.ts';

/** Rows of a list request, by `created_at` or not yet in order, and how to read them. */
export interface Listable<T> {
  /** Ascending in `created_at`. */
  rows: readonly T[];
  valueOf: (row: T, key: string) => SortValue;
}

/** The rows of the page asked for. Polar: the order of equal rows is decided with each request. */
export function pageOf<T extends Item>(
  listable: Listable<T>,
  wanted: ListParameters,
  settings: PolarSettings,
  seed: number,
  request: number,
): T[] {
  const ties = settings.shuffleTies ? random(seed, 'ties', request) : null;
  return windowOf(inOrder(listable, wanted.sorting), (wanted.page - 1) * wanted.limit, wanted.limit, ties);
}

/** Polar: totals are counted apart from the rows, and stay true beyond the last page. */
export function listAnswer(items: readonly string[], total: number, limit: number): ApiAnswer {
  const pagination = JSON.stringify({ total_count: total, max_page: Math.ceil(total / limit) });
  const parts = items.flatMap((item, position) => (position === 0 ? [item] : [',', item]));
  // Item by item: one text beyond Latin-1 would make the whole page a wide string, which takes twice as long to encode.
  return ok(Buffer.concat(['{"items":[', ...parts, `],"pagination":${pagination}}`].map((part) => Buffer.from(part))));
}

function inOrder<T extends Item>({ rows, valueOf }: Listable<T>, sorting: readonly Criterion[]): Sorted<T> {
  const [first] = sorting;
  const byAge = sorting.length === 1 && first?.key === 'created_at';
  const order = comparing(byAge ? [{ key: 'created_at', descending: false }] : sorting, valueOf);
  const same = (a: T, b: T) => order(a, b) === 0;
  return byAge ? { rows, descending: first.descending, same } : { rows: rows.toSorted(order), descending: false, same };
}
