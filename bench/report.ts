type Cell = string | number;

/** A table of results. */
export interface Table {
  title: string;
  head: readonly string[];
  rows: readonly (readonly Cell[])[];
  /** A note for the reader. */
  note?: string;
}

/** A target and the measured value. */
export interface Target {
  name: string;
  target: string;
  measured: string;
  isMet: boolean;
}

/** The results of a case. */
export interface Outcome {
  tables: Table[];
  targets: Target[];
  /** All figures of all rounds, for the file of results. */
  figures: unknown;
}

const line = (cells: readonly Cell[]) => `| ${cells.join(' | ')} |`;

/** A table as Markdown. */
export function markdown({ title, head, rows, note }: Table): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  const lines = [`### ${title}`, '', line(head), line(rule), ...rows.map(line)];
  return [...lines, ...(note === undefined ? [] : ['', note]), ''].join('\n');
}

/** The table that says which targets were met. */
export const targetTable = (targets: readonly Target[], note?: string): Table => ({
  title: 'Targets',
  head: ['what', 'target', 'measured', 'met'],
  rows: targets.map(({ name, target, measured, isMet }) => [name, target, measured, isMet ? 'yes' : 'no']),
  ...(note !== undefined && { note }),
});

/** The middle value; of an even number of values, the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** The median of each figure over all rounds. */
export function medians<Key extends string>(rounds: readonly Readonly<Record<Key, number>>[]): Record<Key, number> {
  const keys = Object.keys(rounds[0] ?? {}) as Key[];
  return Object.fromEntries(keys.map((key) => [key, median(rounds.map((round) => round[key]))])) as Record<Key, number>;
}

/** Formats a number: grouped, with a number of decimals; a dash for none. */
export const number = (value: number, decimals = 0) =>
  Number.isFinite(value)
    ? value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    : '–';

/** Formats a ratio. */
export const ratio = (value: number, other: number) => `${number(value / other, value / other < 10 ? 2 : 1)} ×`;

/** Bytes as megabytes. */
export const megabytes = (bytes: number, decimals = 1) => number(bytes / 1e6, decimals);
