import type { Reader } from './reader.ts';
import type { Page } from './page.ts';
import type { Window } from './parts.ts';

/**
 * Reads a descending list from its first page with a record that has the date: those without it come first, however many they
 * are. Looks at few pages to find it, and yields what these show; they count as read across boundaries, as they are no row of
 * pages.
 */
export async function* skipUndated(
  reader: Reader,
  window: Omit<Window, 'page'>,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  let first: Page[] = [];
  let [undated, dated] = [0, Infinity];
  for (let page = 1; dated - undated > 1; page = nextLook(undated, dated)) {
    const parts = await reader.read({ ...window, page }, signal);
    if (parts.some(isReached)) {
      yield* asBridge(first);
      [dated, first] = [page, parts];
    } else {
      undated = page;
      yield* asBridge(parts);
    }
  }
  yield* first;
}

/** True for a page that shows a date, or the end of the list, or nothing at all. */
const isReached = ({ span }: Page) => span.last !== null || span.ends || span.count === 0 || span.unread !== undefined;

/** Twice as far until a page is beyond, then between the two. */
const nextLook = (undated: number, dated: number) =>
  dated === Infinity ? undated * 2 : Math.floor((undated + dated) / 2);

const asBridge = (parts: readonly Page[]): Page[] =>
  parts.map((page) => ({ ...page, span: { ...page.span, leg: 'bridge' } }));
