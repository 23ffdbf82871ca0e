/** Days of a time zone as YYYY-MM-DD, from the first to the last one, both included. */
export interface ReportDays {
  start: string;
  end: string;
  timezone: string;
}

/** Values of metrics by name; null if unknown. */
export type MetricValues = Readonly<Record<string, number | null>>;

/** Values of each day, by YYYY-MM-DD, and of all days together. */
export interface MeasuredDays {
  days: ReadonlyMap<string, MetricValues>;
  totals: MetricValues;
}

/** Figures that a source computes from its own records. */
export interface SourceMetrics {
  /** Returns the path of a request for some metrics, per day. */
  path: (days: ReportDays, metrics: readonly string[]) => string;
  /** Returns the figures in a response; undefined if the body has another form. */
  parse: (body: unknown, timezone: string) => MeasuredDays | undefined;
}
