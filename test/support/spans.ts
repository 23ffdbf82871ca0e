import type { Span } from '../../src/extract/span.ts';

/** A page of an ascending walk, unless told otherwise; `keys` are those of its first and last record. */
export function spanOf({ keys, ...rest }: Partial<Span> & { keys?: readonly [number, number] } = {}): Span {
  const edge = (key: number) => ({ id: `record ${key}`, key });
  return {
    leg: 'ascent',
    page: 1,
    limit: 10,
    count: 10,
    total: 100,
    first: keys ? edge(keys[0]) : null,
    last: keys ? edge(keys[1]) : null,
    ends: false,
    meets: null,
    sentAt: '2026-01-01T00:00:00Z',
    observedAt: '2026-01-01T00:00:01Z',
    ...rest,
  };
}
