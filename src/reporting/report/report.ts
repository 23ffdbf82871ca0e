import type { ClientBase, Pool } from 'pg';
import { inTransaction } from '../../database/pool.ts';
import { ConfigError } from '../../model/errors.ts';
import { readFigures, type ReportFigures, type ReportPeriod } from './figures.ts';
import { addMonths, firstDayOf, parseMonth, type Month } from './month.ts';

/** The figures of a month. Keys of figures and their columns are those of docs/reports.md. */
export interface MonthReport extends ReportPeriod {
  previousMonth: Month;
  /** Instant at which it was made. */
  madeAt: string;
  /** True while the month has not ended. */
  isRunning: boolean;
  /** False while the month is running or its sessions can still be paid; null without sessions. */
  isFinal: boolean | null;
  /** Instant until which all sessions are stored; null if that stream was never read completely. */
  completeUntil: string | null;
  figures: ReportFigures;
}

/** Options of a report. */
export interface ReportOptions {
  timezone: string;
  /** Default: the last month that has ended. */
  month: string | undefined;
  /** Milliseconds after which a query is given up. */
  timeoutMs: number;
}

/**
 * Reads a report in one snapshot, only from the views for readers. Throws a ConfigError for a text that is not a month, and for
 * a month that has not begun.
 */
export function makeReport(
  pool: Pool,
  { timezone, month: wanted, timeoutMs }: ReportOptions,
  signal: AbortSignal,
): Promise<MonthReport> {
  const named = wanted === undefined ? undefined : parseMonth(wanted);
  const begin = `begin isolation level repeatable read read only; set local statement_timeout = ${timeoutMs}; set local timezone = 'UTC'`;
  return inTransaction(pool, begin, async (client) => {
    const { current, madeAt } = await today(client, timezone);
    const month = named ?? addMonths(current, -1);
    if (month > current) throw new ConfigError('CS6301', `${month} has not begun`);
    const figures = await readFigures(client, { month, timezone }, signal);
    const isRunning = month === current;
    return { month, timezone, madeAt, isRunning, ...summaryOf(month, figures, isRunning), figures };
  });
}

async function today(client: ClientBase, timezone: string): Promise<{ current: Month; madeAt: string }> {
  const { rows } = await client.query<{ current: Month; madeAt: string; hasViews: boolean }>(
    `select to_char(now() at time zone $1, 'YYYY-MM') as current, to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "madeAt",
       to_regclass('analytics.metrics') is not null as "hasViews"`,
    [timezone],
  );
  const [row] = rows;
  if (!row?.hasViews)
    throw new ConfigError('CS2204', 'the views for reports are missing: run npx checkout-sync migrate');
  return row;
}

function summaryOf(month: Month, { sessions, freshness }: ReportFigures, isRunning: boolean) {
  const own = sessions.find((row) => row.month === firstDayOf(month));
  const walked = freshness.filter(({ stream }) => stream === 'polar.checkouts').map((row) => row.complete_until);
  const isKnown = walked.length > 0 && walked.every((until) => until !== null);
  return {
    previousMonth: addMonths(month, -1),
    isFinal: own ? !isRunning && own.is_final === true : null,
    completeUntil: isKnown ? (walked.map(String).toSorted()[0] ?? null) : null,
  };
}
