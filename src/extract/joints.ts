import type { Interval } from './coverage.ts';
import { endOf, startOf, type Span } from './span.ts';

/**
 * Neighbouring pages with nothing between them cover the dates at which they meet as well. Where both dates are the same, nothing
 * tells which of its records stood at the boundary: that date stays open, whatever other boundary it touches.
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
