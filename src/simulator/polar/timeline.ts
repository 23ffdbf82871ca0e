import { at } from '../random.ts';

/** Rows kept in ascending order of an instant; a row joins after those of the same instant. */
export interface Timeline<T> {
  readonly rows: readonly T[];
  insert(row: T): void;
  remove(row: T): void;
}

/** Takes over `rows`, which must be in order already; `instantOf` gives microseconds. */
export function timeline<T extends number | string>(rows: T[], instantOf: (row: T) => number): Timeline<T> {
  return {
    rows,
    insert: (row) => void rows.splice(firstAfter(rows, instantOf, instantOf(row)), 0, row),
    remove: (row) => {
      const position = rows.indexOf(row, firstAfter(rows, instantOf, instantOf(row) - 1));
      if (position >= 0) rows.splice(position, 1);
    },
  };
}

/** Position of the first row later than an instant. */
export function firstAfter<T extends number | string>(
  rows: readonly T[],
  instantOf: (row: T) => number,
  instant: number,
): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (instantOf(at(rows, middle)) <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
