import { isObject } from '../../model/json.ts';
import type { List, Listing } from '../../model/stream.ts';

/**
 * Returns the query of a list request. Polar has `page` and `limit`, sorts by a date without a tie-breaker, and repeats a key
 * for several values.
 */
export function listQuery(list: List, page: number, limit: number): string {
  const { order, date = 'created_at', filter } = list;
  const query = new URLSearchParams({ page: String(page), limit: String(limit) });
  query.append('sorting', order === 'ascending' ? date : `-${date}`);
  for (const [key, value] of Object.entries(filter)) {
    for (const one of [value].flat()) query.append(key, one);
  }
  return query.toString();
}

/** Returns the records and the counts of a list; undefined for a body in another form. */
export function parseList(body: unknown): Listing | undefined {
  if (!isObject(body) || !Array.isArray(body.items) || !isObject(body.pagination)) return undefined;
  const { total_count: total, max_page: maxPage } = body.pagination;
  if (typeof total !== 'number' || typeof maxPage !== 'number') return undefined;
  return { records: body.items, total, maxPage };
}
