import type { Interval } from './coverage.ts';
import { endOf, startOf, type Span } from './span.ts';

/**
 * Returns the intervals at which neighbouring pages meet with nothing between them. Where both pages end at the same date, it is
 * unknown which of its records stood at the boundary: that date stays open, even if it touches another boundary.
 */
export function jointsOf(spans: readonly Span[], isJoined: (before: Span, after: Span) => boolean): Interval[] {
  const pairs = spans
    .slice(1)
    .map((after, index) => [spans[index] ?? after, after] as const)
    .filter(([before, after]) => !before.unread && !after.unread && startOf(after) <= endOf(before));
  const open = new Set(
    pairs.flatMap(([{ last }, { first }]) => (last && first && last.key === first.key ? [last.key] : [])),
  );
  return pairs.flatMap(([before, after]) => {
    const [from, to] = [before.last?.key, after.count === 0 ? Infinity : after.first?.key];
    if (from === undefined || to === undefined || from >= to || !isJoined(before, after)) return [];
    return [{ from: open.has(from) ? from : from - 1, to: open.has(to) ? to : to + 1 }];
  });
}
