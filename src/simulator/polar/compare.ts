import type { Criterion } from './parameters.ts';

/** A value that rows are sorted by; instants are microseconds. */
export type SortValue = string | number | boolean | null;

/** Compares rows by several criteria in turn. Postgres: null counts as larger than any value. */
export function comparing<T>(
  sorting: readonly Criterion[],
  valueOf: (row: T, key: string) => SortValue,
): (a: T, b: T) => number {
  return (a, b) => {
    for (const { key, descending } of sorting) {
      const order = compareValues(valueOf(a, key), valueOf(b, key));
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
}

function compareValues(a: SortValue, b: SortValue): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}
