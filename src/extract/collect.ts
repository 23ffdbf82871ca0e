import { UnreadableListError } from '../model/errors.ts';
import { isObject, type Json } from '../model/json.ts';
import type { Logger } from '../model/log.ts';
import { refOf, type Stream } from '../model/stream.ts';
import { UNORDERED } from './list.ts';
import type { Reader } from './reader.ts';
import type { Page } from './page.ts';
import { startOf, endOf } from './span.ts';

/** Number of passes over a list that keeps changing before the walk fails. */
const PASSES = 6;

const recordId = (record: Json) => (isObject(record) ? JSON.stringify(record.id) : '');

/**
 * Reads a list without an order, in passes over all pages, until one pass saw as many different records as the source counted
 * throughout. Where rows move between two pages, a pass misses one and sees another twice, or the count changes. Throws an
 * UnreadableListError when the list changed during every pass.
 */
export async function* collect(reader: Reader, stream: Stream, log: Logger, signal: AbortSignal): AsyncGenerator<Page> {
  for (let pass = 1; pass <= PASSES; pass++) {
    const seen = new Set<string>();
    const totals = new Set<number>();
    let [repeated, unread, limit] = [0, 0, stream.pageSize];
    for (let number = 1, isEnd = false; !isEnd; number++) {
      const parts = await reader.read({ leg: 'pass', list: UNORDERED, page: number, limit }, signal);
      const ids = new Set(parts.flatMap(({ records }) => records.map(recordId)));
      const places = parts.reduce((sum, { span }) => sum + (span.unread ? endOf(span) - startOf(span) : 0), 0);
      repeated += [...ids].filter((id) => seen.has(id)).length;
      unread += places;
      for (const id of ids) seen.add(id);
      for (const { span } of parts) totals.add(span.total);
      limit = parts.length === 1 ? (parts[0]?.span.limit ?? limit) : limit;
      yield* parts;
      isEnd = ids.size + places === 0 || number >= Math.ceil((parts.at(-1)?.span.total ?? 0) / limit);
    }
    if (totals.size === 1 && totals.has(seen.size + unread) && repeated === 0) return;
    log.info({ ...refOf(stream), pass }, 'the list changed while it was read, reading it again');
  }
  throw new UnreadableListError(
    `the list of ${stream.name} changed during each of ${PASSES} passes: it could not be read completely`,
  );
}
