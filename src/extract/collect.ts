import { UnreadableListError } from '../errors.ts';
import { isObject, type Json } from '../json.ts';
import type { Logger } from '../log.ts';
import type { List, Stream } from '../stream.ts';
import type { Page, Reader } from './reader.ts';

/** However the source sorts: it is asked for nothing. */
const ANY: List = { order: 'ascending', filter: {} };

/** How often a list that keeps changing is read from the start. */
const PASSES = 6;

const idOf = (record: Json) => (isObject(record) ? JSON.stringify(record.id) : '');

/**
 * Reads a list that has no order, page by page, again and again until one pass saw as many different records as the
 * source counted all along. Where rows move between two pages, a pass misses one and sees another twice, or the count
 * moves. Throws an UnreadableListError when no pass was still.
 */
export async function* collect(reader: Reader, stream: Stream, log: Logger, signal: AbortSignal): AsyncGenerator<Page> {
  for (let pass = 1; pass <= PASSES; pass++) {
    const seen = new Set<string>();
    const totals = new Set<number>();
    let repeated = 0;
    let limit = stream.pageSize;
    for (let page = 1; ; page++) {
      const read = await reader.read('pass', ANY, page, limit, signal);
      limit = read.span.limit;
      totals.add(read.span.total);
      for (const record of read.records) {
        if (seen.has(idOf(record))) repeated += 1;
        seen.add(idOf(record));
      }
      yield read;
      if (read.span.count === 0 || page >= Math.ceil(read.span.total / limit)) break;
    }
    if (totals.size === 1 && totals.has(seen.size) && repeated === 0) return;
    log.info({ stream: stream.name, pass }, 'the list changed while it was read: reading it again');
  }
  throw new UnreadableListError(
    `the list of ${stream.name} changed during each of ${PASSES} readings: it could not be read completely`,
  );
}
