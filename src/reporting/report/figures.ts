import { readFileSync } from 'node:fs';
import type { ClientBase, FieldDef, QueryResult } from 'pg';
import { addMonths, firstDayOf, type Month } from './month.ts';

/** A cell of a figure: counts and rates are numbers, amounts the digits of minor units, instants and days ISO texts; unknown is null. */
export type FigureCell = string | number | boolean | null | undefined;

/** A row of a figure, by column. */
export type FigureRow = Readonly<Record<string, FigureCell>>;

/** The rows of every figure; the SQL of each stands in `sql/`, and docs/reports.md names the columns. */
export interface ReportFigures {
  sessions: FigureRow[];
  days: FigureRow[];
  revenue: FigureRow[];
  revenue_days: FigureRow[];
  products: FigureRow[];
  countries: FigureRow[];
  campaigns: FigureRow[];
  discounts: FigureRow[];
  links: FigureRow[];
  abandoned: FigureRow[];
  hours: FigureRow[];
  orders: FigureRow[];
  refunds: FigureRow[];
  mrr: FigureRow[];
  churn: FigureRow[];
  cohorts: FigureRow[];
  answers: FigureRow[];
  freshness: FigureRow[];
  metrics: FigureRow[];
}

/** The name of a figure. */
export type FigureName = keyof ReportFigures;

/** A month, in a time zone. */
export interface ReportPeriod {
  month: Month;
  timezone: string;
}

/** Returns the SQL of a figure for a month; it runs as it is. */
export function figureSql(name: FigureName, period: ReportPeriod): string {
  const literals = literalsOf(period);
  return readFileSync(new URL(`sql/${name}.sql`, import.meta.url), 'utf8')
    .trimEnd()
    .replaceAll(/(?<!:):([a-z_]+)/g, (found, key: string) => literals[key] ?? found);
}

/** Returns the values of `:name` in the SQL of figures: days, the instants at which they begin, and the time zone. */
function literalsOf({ month, timezone }: ReportPeriod): Readonly<Record<string, string>> {
  const zone = `'${timezone.replaceAll("'", "''")}'`;
  const [previous, next] = [addMonths(month, -1), addMonths(month, 1)];
  const day = (of: Month) => `date '${firstDayOf(of)}'`;
  const start = (of: Month) => `timestamp '${firstDayOf(of)}' at time zone ${zone}`;
  return {
    timezone: zone,
    month: day(month),
    next: day(next),
    previous: day(previous),
    year_before: day(addMonths(month, -12)),
    month_start: start(month),
    month_end: start(next),
    previous_start: start(previous),
  };
}

/** Reads every figure, one after another. */
export async function readFigures(
  client: ClientBase,
  period: ReportPeriod,
  signal: AbortSignal,
): Promise<ReportFigures> {
  const read = async (name: FigureName) => {
    signal.throwIfAborted();
    const query = { text: figureSql(name, period), rowMode: 'array', types: AS_TEXT } as const;
    return rowsOfFigure(await client.query<(string | null)[]>(query));
  };
  return {
    sessions: await read('sessions'),
    days: await read('days'),
    revenue: await read('revenue'),
    revenue_days: await read('revenue_days'),
    products: await read('products'),
    countries: await read('countries'),
    campaigns: await read('campaigns'),
    discounts: await read('discounts'),
    links: await read('links'),
    abandoned: await read('abandoned'),
    hours: await read('hours'),
    orders: await read('orders'),
    refunds: await read('refunds'),
    mrr: await read('mrr'),
    churn: await read('churn'),
    cohorts: await read('cohorts'),
    answers: await read('answers'),
    freshness: await read('freshness'),
    metrics: await read('metrics'),
  };
}

const AS_TEXT = { getTypeParser: () => String };

const [BOOLEAN, TIMESTAMPTZ] = [16, 1184];
const NUMBERS = new Set([20, 23, 1700]);
const isAmount = (column: string) => /(^|_)amount$|_given$/.test(column);

const rowsOfFigure = ({ fields, rows }: QueryResult<(string | null)[]>): FigureRow[] =>
  rows.map((row) => Object.fromEntries(fields.map((field, index) => [field.name, cellOf(field, row[index] ?? null)])));

function cellOf({ name, dataTypeID }: FieldDef, text: string | null): FigureCell {
  if (text === null) return null;
  if (dataTypeID === BOOLEAN) return text === 't';
  if (dataTypeID === TIMESTAMPTZ) return new Date(text).toISOString();
  return NUMBERS.has(dataTypeID) && !isAmount(name) ? Number(text) : text;
}
