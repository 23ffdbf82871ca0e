import { random, type Defined } from '../random.ts';
import { comparing, type SortValue } from './compare.ts';
import type { Criterion, Filters, FilterType, ListParameters, ListRules } from './parameters.ts';
import type { State } from './state.ts';
import { windowOf, type Sorted } from './window.ts';

/** The list of a resource: its rows, filters and criteria. */
export interface ListDescription<Row extends Defined> {
  /** The rows that are served, ascending in `created_at`; the filters below are applied to them. */
  rows: (filters: Filters) => readonly Row[];
  idOf: (row: Row) => string;
  /** Filters beside `organization_id`, which every list has. */
  filters: Readonly<Record<string, Filter<Row>>>;
  /** The text that the parameter `query` is looked for in; absent where the list has no such parameter. */
  searched?: (row: Row) => string | null;
  /** The criteria of `sorting`; instants are microseconds. */
  criteria: Readonly<Record<string, (row: Row) => SortValue>>;
  defaultSorting: string;
  /** True where a page past the end says that there are no rows at all. */
  isEmptyBeyond?: true;
  /** The JSON texts of a page, where they are not simply those of its records. */
  texts?: (page: readonly Row[]) => string[];
}

/** A filter that may be repeated and matches exactly. */
export interface Filter<Row> {
  type: FilterType;
  valueOf: (row: Row) => string | null;
}

/** The parameters that a list takes. */
export function rulesOf<Row extends Defined>(list: ListDescription<Row>): Omit<ListRules, 'pageLimit'> {
  const types = Object.entries(list.filters).map(([name, { type }]): [string, FilterType] => [name, type]);
  return {
    filters: { organization_id: 'uuid', ...Object.fromEntries(types) },
    isSearchable: list.searched !== undefined,
    criteria: Object.keys(list.criteria),
    defaultSorting: list.defaultSorting,
  };
}

/** The rows that all filters let through. */
export function matching<Row extends Defined>(
  { organizationId }: State,
  list: ListDescription<Row>,
  { filters, query }: Pick<ListParameters, 'filters' | 'query'>,
): readonly Row[] {
  if (filters.organization_id && !filters.organization_id.includes(organizationId)) return [];
  const tests = Object.entries(list.filters).flatMap(([name, { valueOf }]) => {
    const wanted = filters[name];
    return wanted ? [(row: Row) => includesValue(wanted, valueOf(row))] : [];
  });
  const { searched } = list;
  if (searched && query !== undefined) tests.push((row) => isLike(searched(row), query));
  const rows = list.rows(filters);
  return tests.length === 0 ? rows : rows.filter((row) => tests.every((test) => test(row)));
}

/** Rows by a request's criteria. */
export function sortRows<Row extends Defined>(
  { criteria }: ListDescription<Row>,
  rows: readonly Row[],
  sorting: readonly Criterion[],
): Sorted<Row> {
  const [first] = sorting;
  const isByAge = sorting.length === 1 && first?.key === 'created_at';
  const valueOf = (row: Row, key: string) => criteria[key]?.(row) ?? null;
  const order = comparing(isByAge ? [{ key: 'created_at', descending: false }] : sorting, valueOf);
  const same = (a: Row, b: Row) => order(a, b) === 0;
  if (isByAge) return { rows, descending: first.descending, same };
  return { rows: rows.toSorted(order), descending: false, same };
}

/** The rows of the page asked for. Polar: the order of equal rows is decided by each request, whose number is `ties`; null keeps it. */
export function pageRows<Row extends Defined>(
  { seed }: State,
  sorted: Sorted<Row>,
  { page, limit }: ListParameters,
  ties: number | null,
): Row[] {
  return windowOf(sorted, (page - 1) * limit, limit, ties === null ? null : random(seed, 'ties', ties));
}

function includesValue(wanted: readonly string[], value: string | null): boolean {
  return value !== null && wanted.includes(value);
}

/** `ILIKE '%query%'`, in which `%` and `_` keep their meaning. */
function isLike(text: string | null, query: string): boolean {
  if (text === null) return false;
  const pattern = query
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(pattern, 'is').test(text);
}
