import { isUuid4 } from '../ids.ts';

/** One invalid parameter, as FastAPI reports it. */
export interface Problem {
  type: string;
  loc: (string | number)[];
  msg: string;
  input: unknown;
  ctx?: Record<string, unknown>;
}

/** The parameters of a list request. */
export interface ListParameters {
  page: number;
  limit: number;
  sorting: Criterion[];
  filters: Filters;
  query: string | undefined;
}

/** One sort criterion. */
export interface Criterion {
  key: string;
  descending: boolean;
}

/** The values of each repeatable filter that is there. */
export type Filters = Readonly<Partial<Record<string, string[]>>>;

/** The values that a filter takes: ids, any text, or one of a list. */
export type FilterType = 'uuid' | 'text' | readonly string[];

/** The parameters that a resource's list allows. */
export interface ListRules {
  filters: Readonly<Record<string, FilterType>>;
  isSearchable: boolean;
  criteria: readonly string[];
  defaultSorting: string;
  pageLimit: number;
}

/** Reads a list request, or returns all that is wrong with it; a bad sort criterion is reported alone. Polar: unknown parameters are ignored, a limit above the most is lowered in silence. */
export function listParameters(
  query: URLSearchParams,
  rules: ListRules,
): ListParameters | { problems: Problem[]; sorting: boolean } {
  const [page, limit] = [natural(query, 'page', 1), natural(query, 'limit', 10)];
  const named = Object.keys(rules.filters).filter((name) => query.has(name));
  const problems = [
    page.problem,
    limit.problem,
    ...named.flatMap((name) => query.getAll(name).map((value) => filterProblem(name, value, rules.filters[name]))),
  ];
  const present = problems.filter((problem) => problem !== undefined);
  if (present.length > 0) return { problems: present, sorting: false };
  const sorting = (query.has('sorting') ? query.getAll('sorting') : [rules.defaultSorting]).map(criterion);
  const unknown = sorting.filter(({ key }) => !rules.criteria.includes(key));
  if (unknown.length > 0)
    return { problems: unknown.map(({ key }) => sortProblem(key, rules.criteria)), sorting: true };
  return {
    page: page.value,
    limit: Math.min(rules.pageLimit, limit.value),
    sorting,
    filters: Object.fromEntries(named.map((name) => [name, query.getAll(name)])),
    query: rules.isSearchable ? (query.getAll('query').at(-1) ?? undefined) : undefined,
  };
}

/** Returns the problem of an id that is none. */
export function idProblem(loc: (string | number)[], input: string): Problem | undefined {
  if (isUuid4(input)) return undefined;
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(input);
  if (uuid) return { type: 'uuid_version', loc, msg: 'UUID version 4 expected', input, ctx: { expected_version: 4 } };
  return { type: 'uuid_parsing', loc, msg: 'Input should be a valid UUID', input, ctx: { error: 'not a UUID' } };
}

function filterProblem(name: string, input: string, type: FilterType = 'text'): Problem | undefined {
  if (type === 'text') return undefined;
  if (type === 'uuid') return idProblem(['query', name], input);
  return type.includes(input) ? undefined : enumProblem(['query', name], input, type);
}

function sortProblem(input: string, criteria: readonly string[]): Problem {
  return { ...enumProblem(['query', 'sorting'], input, criteria), msg: 'Invalid sorting criterion.' };
}

function enumProblem(loc: string[], input: string, values: readonly string[]): Problem {
  const expected = values.map((value) => `'${value}'`).join(', ');
  return { type: 'enum', loc, msg: `Input should be ${expected}`, input, ctx: { expected } };
}

function natural(query: URLSearchParams, name: string, fallback: number): { value: number; problem?: Problem } {
  const input = query.getAll(name).at(-1);
  if (input === undefined) return { value: fallback };
  const loc = ['query', name];
  if (!/^[+-]?\d+$/.test(input)) {
    const msg = 'Input should be a valid integer, unable to parse string as an integer';
    return { value: fallback, problem: { type: 'int_parsing', loc, msg, input } };
  }
  if (Number(input) > 0) return { value: Number(input) };
  return {
    value: fallback,
    problem: { type: 'greater_than', loc, msg: 'Input should be greater than 0', input, ctx: { gt: 0 } },
  };
}

/** A criterion as a request writes it: descending with a minus in front. */
export function criterion(text: string): Criterion {
  return text.startsWith('-') ? { key: text.slice(1), descending: true } : { key: text, descending: false };
}
