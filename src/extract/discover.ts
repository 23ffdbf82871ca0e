import { formatError, RetryableError, WrongRecordError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import type { Discovery, Stream } from '../model/stream.ts';
import { collect } from './collect.ts';
import { readAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';
import type { Page } from './page.ts';
import type { Span } from './span.ts';

/** What a walk by ids needs to know. */
export interface DiscoveryOptions {
  stream: Stream;
  discovery: Discovery & { by: 'id' };
  /** Pages that earlier runs of this walk stored, a record each. */
  spans: readonly Span[];
  /** Ids that are stored already: what is named nowhere any more may still exist. */
  known: readonly string[];
  concurrency: number;
}

/**
 * Finds the records of a stream whose list may not exist: it is tried once; where there is none, every id that another
 * stream's records name, and every id known before, is asked for, a page a record. One that the source does not have is on
 * no page.
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

/** So many records that cannot be read while others can are gone around. */
const MOST_UNREAD = 20;

const isOfRecord = (error: unknown) =>
  error instanceof RetryableError && !error.rateLimited && !(error instanceof WrongRecordError);

interface Unread {
  number: number;
  total: number;
  id: string;
  why: string;
}

/** The page of a record that the source fails at; the times are those of an answer that it gave. */
function withoutRecord({ span, ...alive }: Page, { number, total, id, why }: Unread): Page {
  const unread = { from: number - 1, to: number, why, id };
  const nothing = { first: null, last: null, count: 0, ends: false };
  return { ...alive, records: [], span: { ...span, ...nothing, leg: 'detail', page: number, limit: 1, total, unread } };
}
