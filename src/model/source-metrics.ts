/** Days of a time zone, the first and the last one included, as YYYY-MM-DD. */
export interface ReportDays {
  start: string;
  end: string;
  timezone: string;
}

/** Values of metrics by name; what is not known is null. */
export type MetricValues = Readonly<Record<string, number | null>>;

/** Values of each day, by YYYY-MM-DD, and of all days together. */
export interface MeasuredDays {
  days: ReadonlyMap<string, MetricValues>;
  totals: MetricValues;
}

/** The figures that a source shows of its own records. */
export interface SourceMetrics {
  /** The path of a request for some metrics, per day. */
  path: (days: ReportDays, metrics: readonly string[]) => string;
  /** Returns the figures in a response; undefined for a body of another form. */
  parse: (body: unknown, timezone: string) => MeasuredDays | undefined;
}
