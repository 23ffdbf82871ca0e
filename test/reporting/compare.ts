import { micros } from '../../src/simulator/instants.ts';
import type { ReportRow } from './oracle/checkouts.ts';
import type { ViewName } from './read-views.ts';

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/;

/** A value as the oracle has it: moments in microseconds, sums of decimals rounded. */
function comparable(value: unknown): unknown {
  if (typeof value === 'string' && MOMENT.test(value)) return micros(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value === 'object' && value)
    return Object.fromEntries(sorted(value).map(([key, of]) => [key, comparable(of)]));
  return typeof value === 'number' ? Number(value.toFixed(6)) : (value ?? null);
}

const sorted = (value: object) => Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));

const shown = (row: ReportRow | undefined, columns: readonly string[]) =>
  row && Object.fromEntries(columns.map((column) => [column, comparable(row[column])]));

/** Compares the rows of a view with those it must have, by their key. Returns a line for each cell, and each row, that differs. */
function differences(found: readonly ReportRow[], expected: readonly ReportRow[], key: string): string[] {
  const keyOf = (row: ReportRow) => JSON.stringify(key.split(' ').map((column) => comparable(row[column])));
  const wanted = new Map(expected.map((row) => [keyOf(row), row]));
  const columns = Object.keys(found[0] ?? expected[0] ?? {});
  const lines = found.flatMap((row) => {
    const [mine, theirs] = [shown(row, columns), shown(wanted.get(keyOf(row)), columns)];
    if (!theirs) return [`${keyOf(row)} is too much`];
    wanted.delete(keyOf(row));
    return columns
      .filter((column) => JSON.stringify(mine?.[column]) !== JSON.stringify(theirs[column]))
      .map(
        (column) =>
          `${keyOf(row)} ${column}: ${JSON.stringify(mine?.[column])} is not ${JSON.stringify(theirs[column])}`,
      );
  });
  const unknown = columns.filter((column) => expected.length > 0 && !(column in (expected[0] ?? {})));
  return [
    ...lines,
    ...[...wanted.keys()].map((missing) => `${missing} is missing`),
    ...unknown.map((column) => `no oracle for ${column}`),
  ];
}

/** A view, the columns that identify its rows, and the expected rows. */
export type Expected = [view: ViewName, key: string, rows: readonly ReportRow[]];

/** Compares views with the rows that they must have. Returns a line for each difference. */
export const wrongCells = (expected: readonly Expected[], found: (view: ViewName) => readonly ReportRow[]): string[] =>
  expected.flatMap(([view, key, rows]) => differences(found(view), rows, key).map((line) => `${view} ${line}`));
