import type { MeasuredDays, MetricValues } from '../../model/source-metrics.ts';
import { COMPARED_METRICS, type ComparedMetric } from './compared-metrics.ts';
import { quotientOf, type DailyFigures } from './daily-figures.ts';

/** Our figure beside the source's. A difference is explained where a reason for it is known, which is then given. */
export interface ComparedFigure {
  ours: number | null;
  theirs: number | null;
  outcome: 'equal' | 'explained' | 'different';
  reason?: string;
}

/** A metric of all days together, and of each. */
export interface MetricComparison extends ComparedFigure {
  metric: string;
  unit: ComparedMetric['unit'];
  days: (ComparedFigure & { day: string })[];
}

/** Both sides, and the last day of each stream that was over when its last complete walk began; null without one. */
export interface BothFigures {
  ours: DailyFigures;
  theirs: MeasuredDays;
  completeDays: ReadonlyMap<string, string | null>;
}

/** Compares all metrics, day by day and in total. */
export const compareMetrics = (both: BothFigures): MetricComparison[] =>
  COMPARED_METRICS.map((metric) => compareMetric(metric, both));

function compareMetric(metric: ComparedMetric, { ours, theirs, completeDays }: BothFigures): MetricComparison {
  const { name, unit, streams } = metric;
  const days = [...theirs.days].map(([day, values]) => {
    const late = streams.find((stream) => (completeDays.get(stream) ?? '') < day);
    const isUnknown = streams.some((stream) => !completeDays.get(stream));
    const mine = isUnknown ? null : (ours.get(day)?.[name] ?? null);
    const reason = late === undefined ? reasonFor(metric, mine) : lateness(late, completeDays.get(late));
    return { day, ...compareFigures(mine, values[name] ?? null, reason) };
  });
  const reasons = days.flatMap(({ outcome, reason }) => (outcome === 'explained' && reason ? [reason] : []));
  const isDifferent = days.some(({ outcome }) => outcome === 'different');
  const reason = isDifferent ? undefined : (reasons[0] ?? metric.differs ?? undefined);
  const mine = days.some((day) => day.ours === null) ? null : totalFigure(metric, ours, [...theirs.days.keys()]);
  return { metric: name, unit, ...compareFigures(mine, theirs.totals[name] ?? null, reason), days };
}

const lateness = (stream: string, until: string | null | undefined) =>
  until ? `${stream} is complete up to ${until}` : `${stream} has not been read`;

function reasonFor({ isConverted, differs }: ComparedMetric, ours: number | null): string | undefined {
  if (isConverted && ours === null)
    return 'there are amounts in other currencies, whose rates are not known: Polar shows them in polar.events';
  return differs ?? undefined;
}

/** Averages come with many digits. */
const isEqualFigure = (one: number | null, other: number | null) =>
  one === other || (one !== null && other !== null && Math.abs(one - other) < 1e-6 * Math.max(1, Math.abs(other)));

function compareFigures(ours: number | null, theirs: number | null, reason: string | undefined): ComparedFigure {
  if (isEqualFigure(ours, theirs)) return { ours, theirs, outcome: 'equal' };
  return reason === undefined ? { ours, theirs, outcome: 'different' } : { ours, theirs, outcome: 'explained', reason };
}

function totalFigure({ name, total }: ComparedMetric, ours: DailyFigures, days: readonly string[]): number | null {
  const valueOf = (values: MetricValues | undefined, metric: string) => values?.[metric] ?? null;
  const sum = (metric: string) =>
    days.reduce<number | null>((all, day) => {
      const value = valueOf(ours.get(day), metric);
      return all === null || value === null ? null : all + value;
    }, 0);
  if (total === 'sum') return sum(name);
  if (total === 'last') return valueOf(ours.get(days.at(-1) ?? ''), name);
  return quotientOf(sum(total.of), sum(total.per));
}
