import type { HttpResponse } from '../extract/response.ts';
import { describeFailure, failureOf } from '../model/error-code-of.ts';
import type { ErrorCode } from '../model/error-codes.ts';
import { ConfigError } from '../model/errors.ts';
import type { Source } from '../model/source.ts';
import type { MeasuredDays, ReportDays, SourceMetrics } from '../model/source-metrics.ts';
import { labelOf } from '../model/stream.ts';
import { COMPARED_METRICS } from '../reporting/metrics/compared-metrics.ts';
import type { ComparedFigure, MetricComparison } from '../reporting/metrics/compare-metrics.ts';
import { daysInMonth, firstDayOf } from '../reporting/report/month.ts';
import { compareWithSource, yesterday } from '../reporting/metrics/verify-metrics.ts';
import { chooseSources } from '../operations/choose.ts';
import { requireTables, withSource } from '../operations/context.ts';
import { withContext, type CommandContext } from './context.ts';
import { count, table } from './format.ts';
import { print, type Invocation } from './invocation.ts';

/** Options of comparing figures. */
export interface MetricsArguments {
  account?: string;
  json?: boolean;
  days?: number;
  month?: string;
}

const DEFAULT_DAYS = 30;

/** Compares our figures with those of the source. Returns true if none differs without a known reason. */
export async function verifyMetrics(invocation: Invocation, options: MetricsArguments): Promise<boolean> {
  const compared = await withContext(
    invocation,
    (config) => sourcesWithMetrics(chooseSources(config, options.account)),
    async (context, sources) => {
      await requireTables(context.db);
      const asked = await daysOf(context, options);
      const all: AccountComparison[] = [];
      for (const source of sources) all.push(await compareAccount(context, source, asked, invocation.signal));
      return all;
    },
  );
  print(invocation, { accounts: compared }, !options.json && compared.flatMap(describeAccount));
  return compared.every(
    ({ error, metrics }) => error === undefined && metrics.every(({ outcome }) => outcome !== 'different'),
  );
}

/** The compared figures of an account. */
interface AccountComparison extends ReportDays {
  source: string;
  account: string;
  metrics: MetricComparison[];
  /** Reason why they could not be compared. */
  error?: string;
  errorCode?: ErrorCode;
}

/** A source that has figures. */
type MeasuredSource = Source & { metrics: SourceMetrics };

function sourcesWithMetrics(sources: readonly Source[]): MeasuredSource[] {
  const found = sources.filter((source): source is MeasuredSource => source.metrics !== null);
  if (found.length === 0) throw new ConfigError('CS1202', '--metrics needs Polar: set POLAR_ACCESS_TOKEN');
  return found;
}

/** Returns the days of a month, or the last `days` ones; only days that are over. */
async function daysOf({ db, config }: CommandContext, { days = DEFAULT_DAYS, month }: MetricsArguments) {
  const { timezone } = config.report;
  const last = await yesterday(db.pool, timezone);
  if (month === undefined) return { start: dayBefore(last, days - 1), end: last, timezone };
  const [start, end] = [firstDayOf(month), daysInMonth(month).at(-1) ?? last];
  if (start > last) throw new ConfigError('CS6301', `${month} has no day yet that is over`);
  return { start, end: end < last ? end : last, timezone };
}

const dayBefore = (day: string, days: number) =>
  new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);

async function compareAccount(
  context: CommandContext,
  source: MeasuredSource,
  asked: ReportDays,
  signal: AbortSignal,
): Promise<AccountComparison> {
  const about = { source: source.name, account: source.account, ...asked };
  try {
    const theirs = await metricsOfSource(context, source, asked, signal);
    return { ...about, metrics: await compareWithSource(context.db.pool, about, theirs) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...about, metrics: [], ...failureOf(error) };
  }
}

function metricsOfSource(
  context: CommandContext,
  source: MeasuredSource,
  asked: ReportDays,
  signal: AbortSignal,
): Promise<MeasuredDays> {
  const { metrics } = source;
  return withSource(context, source, async ({ http }) => {
    const names = COMPARED_METRICS.map(({ name }) => name);
    const parse = ({ status, body }: HttpResponse) =>
      status === 200 ? metrics.parse(body, asked.timezone) : undefined;
    const answer = await http.get(metrics.path(asked, names), (found) => parse(found) !== undefined, signal);
    return parse(answer) ?? { days: new Map(), totals: {} };
  });
}

function describeAccount({ error, errorCode, metrics, ...about }: AccountComparison): string[] {
  const { source, account, start, end, timezone } = about;
  const title = `${labelOf({ account, stream: source })}: ${start} to ${end}, days of ${timezone}`;
  if (error !== undefined) return [title, describeFailure({ error, errorCode })];
  const rows = metrics.map((one) => [
    one.metric,
    valueText(one.ours, one.unit),
    valueText(one.theirs, one.unit),
    count(one.days.filter(({ outcome }) => outcome !== 'equal').length),
    one.outcome,
  ]);
  return [
    title,
    ...table(['metric', 'here', 'at Polar', 'unequal days', 'result'], rows),
    ...unequalDays(metrics),
    ...describeReasons(metrics),
  ];
}

const unequalDays = (metrics: readonly MetricComparison[]) =>
  metrics.flatMap(({ metric, unit, days }) =>
    days
      .filter(({ outcome }) => outcome === 'different')
      .map(
        ({ day, ours, theirs }) =>
          `${metric} of ${day}: ${valueText(ours, unit)} here, ${valueText(theirs, unit)} at Polar`,
      ),
  );

/** Formats each reason once, after the metrics that it explains. */
function describeReasons(metrics: readonly MetricComparison[]): string[] {
  const reasons = metrics.flatMap(({ metric, days, ...total }) =>
    [...new Set([total, ...days].flatMap(explanation))].map((reason) => ({ metric, reason })),
  );
  return [...Map.groupBy(reasons, ({ reason }) => reason)].map(
    ([reason, of]) => `${of.map(({ metric }) => metric).join(', ')}: ${reason}.`,
  );
}

const explanation = ({ outcome, reason }: ComparedFigure) => (outcome === 'explained' && reason ? [reason] : []);

/** Formats a value: counts as they are, money in US dollars, ratios with four digits. */
function valueText(value: number | null, unit: MetricComparison['unit']): string {
  if (value === null) return '–';
  if (unit === 'count') return count(value);
  return unit === 'ratio'
    ? value.toFixed(4)
    : `$${(value / 100).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
