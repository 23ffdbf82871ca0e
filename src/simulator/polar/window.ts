import { at, shuffle, type Defined, type Random } from '../random.ts';

/** Rows in the order of a list request; `same` is true for neighbours that the sort criteria cannot distinguish. */
export interface Sorted<T> {
  rows: readonly T[];
  descending: boolean;
  same: (a: T, b: T) => boolean;
}

/**
 * The rows of one page. Polar: `ORDER BY` holds the criteria alone, so equal rows come in any order,
 * which `ties` decides for each request; null keeps their order.
 */
export function windowOf<T extends Defined>(
  sorted: Sorted<T>,
  offset: number,
  limit: number,
  ties: Random | null,
): T[] {
  const { rows, descending, same } = sorted;
  const row = (position: number) => at(rows, descending ? rows.length - 1 - position : position);
  const end = Math.min(offset + limit, rows.length);
  if (offset >= end) return [];
  let [from, to] = [offset, end];
  while (from > 0 && same(row(from - 1), row(from))) from--;
  while (to < rows.length && same(row(to - 1), row(to))) to++;
  const stretch = Array.from({ length: to - from }, (_, position) => row(from + position));
  if (ties) shuffleTies(stretch, same, ties);
  return stretch.slice(offset - from, end - from);
}

function shuffleTies<T extends Defined>(rows: T[], same: (a: T, b: T) => boolean, chance: Random): void {
  let from = 0;
  for (let to = 1; to <= rows.length; to++) {
    if (to < rows.length && same(at(rows, from), at(rows, to))) continue;
    shuffle(rows, from, to, chance);
    from = to;
  }
}
