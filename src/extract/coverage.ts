/** An open interval of sort keys in an ordered list; infinite where the list begins or ends. */
export interface Interval {
  from: number;
  to: number;
}

/** Returns the closed intervals that no interval covers. Keys are whole numbers. */
export function gaps(intervals: readonly Interval[]): Interval[] {
  const found: Interval[] = [];
  let covered = -Infinity;
  for (const { from, to } of intervals.filter((part) => part.to - part.from > 1).sort((a, b) => a.from - b.from)) {
    if (from >= covered && from !== -Infinity) found.push({ from: covered, to: from });
    covered = Math.max(covered, to);
  }
  return covered === Infinity ? found : [...found, { from: covered, to: Infinity }];
}

/** Returns the interval that covers both keys and all between them. */
export const closed = (from: number, to: number): Interval => ({ from: from - 1, to: to + 1 });

/** Returns page and limit, of at most `size`, of the window with the position nearest to its middle. Positions count from 0. */
export function windowAround(position: number, size: number): { page: number; limit: number } {
  let best = { page: 1, limit: size, margin: -1 };
  for (let limit = size; limit > size / 2; limit--) {
    const within = position % limit;
    const margin = Math.min(within, limit - within);
    if (margin > best.margin) best = { page: Math.floor(position / limit) + 1, limit, margin };
  }
  return { page: best.page, limit: best.limit };
}
