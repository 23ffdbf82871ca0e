import { number, ratio, type Table } from './report.ts';
import type { Cost } from './measure.ts';

/** The figures of a backfill that are compared. */
export type Figures = Record<(typeof figureNames)[number], number>;

const figureNames = [
  'sessions',
  'rows',
  'seconds',
  'sessionsPerSecond',
  'rowsPerSecond',
  'cpuSeconds',
  'cpuMicrosPerRow',
  'cpuMicrosPerSession',
  'peakMb',
  'requests',
  'walMb',
  'sourceCpuSeconds',
  'sourceShare',
  'postgresCpuSeconds',
] as const;

/** The figures of a measured backfill. */
export function figuresOf(sessions: number, rows: number, cost: Cost): Figures {
  const { durationMs, cpuSeconds, peakMb, requests, walBytes, sourceCpuSeconds, postgresCpuSeconds } = cost;
  const seconds = durationMs / 1000;
  return {
    sessions,
    rows,
    seconds,
    sessionsPerSecond: sessions / seconds,
    rowsPerSecond: rows / seconds,
    cpuSeconds,
    cpuMicrosPerRow: (cpuSeconds * 1e6) / rows,
    cpuMicrosPerSession: (cpuSeconds * 1e6) / sessions,
    peakMb,
    requests,
    walMb: walBytes / 1e6,
    sourceCpuSeconds,
    sourceShare: (100 * sourceCpuSeconds) / seconds,
    postgresCpuSeconds,
  };
}

/** A named set of figures. */
export interface Measured {
  name: string;
  figures: Figures;
}

/** The figures side by side. */
export function figureTable(title: string, measured: readonly Measured[], note: string): Table {
  const head = [
    'engine',
    'sessions',
    'rows stored',
    'seconds',
    'sessions/s',
    'rows/s',
    'engine CPU s',
    'CPU µs per row',
    'CPU µs per session',
    'peak MB',
    'requests',
    'WAL MB',
    'source CPU s',
    'source, % of a core',
    'Postgres CPU s',
  ];
  const rows = measured.map(({ name, figures: f }) => [
    name,
    number(f.sessions),
    number(f.rows),
    number(f.seconds, 2),
    number(f.sessionsPerSecond),
    number(f.rowsPerSecond),
    number(f.cpuSeconds, 2),
    number(f.cpuMicrosPerRow, 1),
    number(f.cpuMicrosPerSession, 1),
    number(f.peakMb),
    number(f.requests),
    number(f.walMb, 1),
    number(f.sourceCpuSeconds, 2),
    number(f.sourceShare, 1),
    number(f.postgresCpuSeconds, 2),
  ]);
  return { title, head, rows, note };
}

/** Our figures as multiples of each other engine's. Sums are divided by sessions or rows first, so that sizes may differ. */
export function ratioTable(title: string, ours: Figures, others: readonly Measured[]): Table {
  const figures: [string, (figures: Figures) => number][] = [
    ['sessions/s', (f) => f.sessionsPerSecond],
    ['rows/s', (f) => f.rowsPerSecond],
    ['engine CPU per row', (f) => f.cpuMicrosPerRow],
    ['engine CPU a session', (f) => f.cpuMicrosPerSession],
    ['peak memory', (f) => f.peakMb],
    ['requests a session', (f) => f.requests / f.sessions],
    ['WAL per row', (f) => f.walMb / f.rows],
    ['WAL a session', (f) => f.walMb / f.sessions],
    ['Postgres CPU per row', (f) => f.postgresCpuSeconds / f.rows],
  ];
  const rows = figures.map(([name, of]) => [name, ...others.map(({ figures: other }) => ratio(of(ours), of(other)))]);
  return { title, head: ['ours, as a multiple of', ...others.map(({ name }) => name)], rows };
}
