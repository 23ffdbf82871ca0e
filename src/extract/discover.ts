import { formatError, RetryableError, WrongRecordError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import type { Discovery, Stream } from '../model/stream.ts';
import { collect } from './collect.ts';
import { readAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';
import type { Page } from './page.ts';
import type { Span } from './span.ts';

/** The parameters of a walk by ids. */
export interface DiscoveryOptions {
  stream: Stream;
  discovery: Discovery & { by: 'id' };
  /** Pages that earlier runs of this walk stored, one record each. */
  spans: readonly Span[];
  /** Ids that are stored already: a record that nothing names any more may still exist. */
  known: readonly string[];
  concurrency: number;
}

/**
 * Finds the records of a stream that may have no list. Requests the list once. Where there is none, requests every known id, and
 * every id that another stream's records name: one page per record. A record that the source does not have is on no page.
 */
export async function* discover(
  reader: Reader,
  { stream, discovery, spans, known, concurrency }: DiscoveryOptions,
  log: Logger,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const isDetailed = spans.some(({ leg }) => leg === 'detail');
  if (!isDetailed && (await reader.hasList(stream, signal))) {
    yield* collect(reader, stream, log, signal);
    return;
  }
  const ids = new Set(known);
  const names = reader.of(discovery.in);
  for await (const page of collect(names, discovery.in, log, signal)) {
    for (const id of page.records.flatMap(discovery.idsOf)) ids.add(id);
    if (page.span.unread) yield page; // what could not be read may name ids
  }
  const done = new Set(spans.map(({ first }) => first?.id));
  const open = [...ids].filter((id) => !done.has(id)).toSorted((a, b) => (a < b ? -1 : 1));
  const stored = spans.length;
  let left = MOST_UNREAD;
  const read = async (at: number, within: AbortSignal) => {
    const [id = '', number] = [open[at], stored + at + 1];
    try {
      return await reader.one(id, number, ids.size, within);
    } catch (error) {
      const alive = isOfRecord(error) && left-- > 0 ? await names.probe(within) : undefined;
      if (!alive) throw error;
      return withoutRecord(alive, { number, total: ids.size, id, why: formatError(error) });
    }
  };
  for await (const page of readAhead({ first: 0, last: open.length - 1, concurrency }, read, signal))
    if (page) yield page;
}

/** Skips at most this many unreadable records while others can be read. */
const MOST_UNREAD = 20;

const isOfRecord = (error: unknown) =>
  error instanceof RetryableError && !error.rateLimited && !(error instanceof WrongRecordError);

interface Unread {
  number: number;
  total: number;
  id: string;
  why: string;
}

/** Returns the page of an unreadable record, with the times of a successful response. */
function withoutRecord({ span, ...alive }: Page, { number, total, id, why }: Unread): Page {
  const unread = { from: number - 1, to: number, why, id };
  const nothing = { first: null, last: null, count: 0, ends: false };
  return { ...alive, records: [], span: { ...span, ...nothing, leg: 'detail', page: number, limit: 1, total, unread } };
}
