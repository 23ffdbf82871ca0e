import { UnreadableRecordsError } from '../model/errors.ts';
import type { Stream } from '../model/stream.ts';
import { closed, type Interval } from './coverage.ts';
import { endOf, startOf, type Edge, type Phase, type Span } from './span.ts';

/** Places of a list that a walk could not read, and the records next to them. */
export interface Hole {
  places: NonNullable<Span['unread']>;
  before: Edge | null;
  after: Edge | null;
}

/** Returns the places that could not be read, and were not read later, each once even where two phases met it. */
export function holesOf(spans: readonly Span[]): Hole[] {
  const found = new Map<string, Hole & { leg: Phase; total: number }>();
  for (const [index, span] of spans.entries()) {
    const { leg, total, unread: places } = span;
    if (!places || isReadLater(spans.slice(index + 1), span)) continue;
    const [before, after] = places.id === undefined ? neighbours(spans, span) : [null, null];
    found.set(`${leg} ${places.id ?? places.from}`, { leg, total, places, before, after });
  }
  const holes = [...found.values()];
  // The ascent reads the newest page again, and bridges read boundaries again.
  const reached = Math.max(0, ...spans.filter(({ leg }) => leg === 'ascent').map(endOf));
  const isFirst = ({ leg, places, total }: (typeof holes)[number]) =>
    leg === 'head' ? total - places.from > reached : leg !== 'bridge' || holes.every((other) => other.leg === 'bridge');
  return holes.filter(isFirst);
}

function isReadLater(later: readonly Span[], hole: Span): boolean {
  const { id } = hole.unread ?? {};
  if (id !== undefined) return later.some(({ first }) => first?.id === id);
  return later.some(
    (span) => span.leg === hole.leg && !span.unread && startOf(span) <= startOf(hole) && endOf(span) >= endOf(hole),
  );
}

/** Returns the records next to a hole in the order of their keys. The newest page runs against that order. */
function neighbours(spans: readonly Span[], hole: Span): [before: Edge | null, after: Edge | null] {
  const read = spans.filter(({ leg, unread, count }) => leg === hole.leg && !unread && count > 0);
  const left = read
    .filter((span) => startOf(span) < startOf(hole))
    .toSorted((a, b) => endOf(a) - endOf(b))
    .at(-1);
  const right = read.filter((span) => endOf(span) > endOf(hole)).toSorted((a, b) => startOf(a) - startOf(b))[0];
  return hole.leg === 'head' ? [right?.last ?? null, left?.first ?? null] : [left?.last ?? null, right?.first ?? null];
}

/** Returns the interval of a hole: reading it again in the same walk does not help. */
export const extentOf = ({ before, after }: Hole): Interval => closed(before?.key ?? -Infinity, after?.key ?? Infinity);

const MOST_NAMED = 5;

/** Returns the error for the records that a walk could not read, with their number and places; undefined when there are none. */
export function unreadableRecords({ name }: Stream, spans: readonly Span[]): UnreadableRecordsError | undefined {
  const holes = holesOf(spans);
  const [first] = holes;
  if (!first) return undefined;
  const count = holes.reduce((sum, { places }) => sum + places.to - places.from, 0);
  const named = holes.slice(0, MOST_NAMED).map(describeHole).join('; ');
  const others = holes.length > MOST_NAMED ? `; and ${holes.length - MOST_NAMED} more` : '';
  const message = `${count} of ${name} cannot be read, as the source fails where it should show them (${first.places.why}): ${named}${others}; all others were read, and nothing was taken for deleted; tell the source's support`;
  return new UnreadableRecordsError(message, count);
}

function describeHole({ places: { from, to, id }, before, after }: Hole): string {
  if (id !== undefined) return `id ${id}`;
  const beside = [before, after].flatMap((edge) => (edge ? [`${dateOf(edge)} (${edge.id})`] : []));
  const where = to - from === 1 ? `place ${from + 1}` : `places ${from + 1} to ${to}`;
  return beside.length === 0
    ? where
    : `${where}, ${beside.length === 2 ? 'between' : 'next to'} ${beside.join(' and ')}`;
}

const dateOf = ({ key }: Edge) => new Date(Math.abs(key) / 1000).toISOString();
