import { isUuid4 } from '../ids.ts';

/** One parameter that does not fit, as FastAPI tells it. */
export interface Problem {
  type: string;
  loc: (string | number)[];
  msg: string;
  input: unknown;
  ctx?: Record<string, unknown>;
}

/** What a list request asks for. */
export interface ListParameters {
  page: number;
  limit: number;
  sorting: Criterion[];
  /** Repeatable filters that are there. */
  filters: Partial<Record<FilterName, string[]>>;
  query: string | undefined;
}

/** One sort criterion. */
export interface Criterion {
  key: string;
  descending: boolean;
}

/** The filters that are matched exactly. */
type FilterName = 'organization_id' | 'product_id' | 'customer_id' | 'external_customer_id' | 'status';

/** What a resource's list allows. */
export interface ListRules {
  filters: readonly FilterName[];
  searchable: boolean;
  criteria: readonly string[];
  defaultSorting: string;
  pageLimit: number;
}

const STATUSES = ['open', 'expired', 'confirmed', 'succeeded', 'failed'];

/** Reads a list request, or tells all that is wrong with it; a bad sort criterion is told alone. Polar: unknown parameters are ignored, a limit above the most is lowered in silence. */
export function listParameters(
  query: URLSearchParams,
  rules: ListRules,
): ListParameters | { problems: Problem[]; sorting: boolean } {
  const [page, limit] = [natural(query, 'page', 1), natural(query, 'limit', 10)];
  const named = rules.filters.filter((name) => query.has(name));
  const problems = [
    page.problem,
    limit.problem,
    ...named.flatMap((name) => query.getAll(name).map((value) => filterProblem(name, value))),
  ];
  const told = problems.filter((problem) => problem !== undefined);
  if (told.length > 0) return { problems: told, sorting: false };
  const sorting = (query.has('sorting') ? query.getAll('sorting') : [rules.defaultSorting]).map(criterion);
  const unknown = sorting.filter(({ key }) => !rules.criteria.includes(key));
  if (unknown.length > 0)
    return { problems: unknown.map(({ key }) => sortProblem(key, rules.criteria)), sorting: true };
  return {
    page: page.value,
    limit: Math.min(rules.pageLimit, limit.value),
    sorting,
    filters: Object.fromEntries(named.map((name) => [name, query.getAll(name)])),
    query: rules.searchable ? (query.getAll('query').at(-1) ?? undefined) : undefined,
  };
}

/** What is wrong with an id, if anything. */
export function idProblem(loc: (string | number)[], input: string): Problem | undefined {
  if (isUuid4(input)) return undefined;
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(input);
  if (uuid) return { type: 'uuid_version', loc, msg: 'UUID version 4 expected', input, ctx: { expected_version: 4 } };
  return { type: 'uuid_parsing', loc, msg: 'Input should be a valid UUID', input, ctx: { error: 'not a UUID' } };
}

function filterProblem(name: FilterName, input: string): Problem | undefined {
  if (name === 'external_customer_id') return undefined;
  if (name !== 'status') return idProblem(['query', name], input);
  return STATUSES.includes(input) ? undefined : enumProblem(['query', name], input, STATUSES);
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

function criterion(text: string): Criterion {
  return text.startsWith('-') ? { key: text.slice(1), descending: true } : { key: text, descending: false };
}
