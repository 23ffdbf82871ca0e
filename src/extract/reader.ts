import { RetryableError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import { refOf, type Listing, type Stream } from '../model/stream.ts';
import type { Source } from '../model/source.ts';
import type { HttpResponse } from './response.ts';
import type { Http } from './http.ts';
import { getList, UNORDERED } from './list.ts';
import type { Page } from './page.ts';
import { readAround, type PageReader, type Window } from './parts.ts';
import { getRecord, type Client } from './record.ts';
import { ends, type Span } from './span.ts';

/** Reads pages of a stream's lists. */
export interface Reader {
  /** Reads a page, or the parts it can be read in; see {@link readAround}. */
  read(window: Window, signal: AbortSignal): Promise<Page[]>;
  /** Reads one record by its id, as the page of this number; undefined when the source does not have it. */
  one(id: string, number: number, total: number, signal: AbortSignal): Promise<Page | undefined>;
  /** Reads the first record of the list, as proof that the source responds; undefined when it does not. */
  probe(signal: AbortSignal): Promise<Page | undefined>;
  /** Requests the first page of the list, and returns whether the source has that list at all. */
  hasList(stream: Stream, signal: AbortSignal): Promise<boolean>;
  /** Returns a reader of another stream of the source. */
  of(stream: Stream): Reader;
}

/** A page with fewer records than its own total promises is read again this often before it is accepted. */
const RELOOKS = 3;

/** Creates a reader that checks every page against its own totals. */
export function createReader(http: Http, source: Source, stream: Stream, parent: Logger): Reader {
  const log = parent.child(refOf(stream));
  const once: PageReader = async ({ leg, list, page, limit }, signal, retries) => {
    const filter = { ...stream.scope, ...list.filter };
    const { listing, ...answer } = await getList(http, stream, { ...list, filter, page, limit, retries }, signal);
    if (!listing) throw new RetryableError('CS4109', `the response to a request for ${stream.name} is not a list`);
    const { records } = listing;
    const isBeyond = stream.isEmptyBeyond && page > 1 && records.length === 0;
    // The list was read up to here: that is how many records it has, as far as anybody can know.
    const total = isBeyond ? (page - 1) * limit : listing.total;
    const span: Span = {
      leg,
      page,
      limit: page === 1 ? clampedLimit(listing, limit) : limit,
      count: records.length,
      total,
      ...(leg === 'head' ? ends(records.toReversed(), 'ascending', list.date) : ends(records, list.order, list.date)),
      ends: records.length < limit && (page - 1) * limit + records.length === total,
      meets: null,
      sentAt: answer.sentAt,
      observedAt: answer.observedAt,
    };
    return { records, observedAt: answer.observedAt, sourceTime: sourceTime(answer), span };
  };

  const whole: PageReader = async (window, signal, retries) => {
    for (let look = 1; ; look++) {
      const found = await once(window, signal, retries);
      const { count, limit, total } = found.span;
      const promised = Math.min(limit, Math.max(0, total - (window.page - 1) * limit));
      if (count >= promised) return found;
      const facts = { page: window.page, records: count, promised, total };
      if (look === RELOOKS) {
        log.warn(facts, 'the source lists fewer records than it counts');
        return found;
      }
      log.debug(facts, 'a page is shorter than its total says, reading it again');
    }
  };

  return {
    of: (other) => createReader(http, source, other, parent),
    read: readAround(whole, log),
    probe: (signal) => once({ leg: 'pass', list: UNORDERED, page: 1, limit: 1 }, signal, 1).catch(() => undefined),
    one: (id, number, total, signal) => readOne({ http, source }, stream, { id, number, total }, signal),
    hasList: (other, signal) => hasList(http, source, other, signal),
  };
}

/** Returns the source's clock, where the response has a `Date`. */
function sourceTime(answer: HttpResponse): string | undefined {
  const date = Date.parse(answer.header('date') ?? '');
  return Number.isNaN(date) ? undefined : new Date(date).toISOString();
}

async function readOne(
  client: Client,
  stream: Stream,
  { id, number, total }: { id: string; number: number; total: number },
  signal: AbortSignal,
): Promise<Page | undefined> {
  const answer = await getRecord(client, stream, id, signal);
  const { record, observedAt, sentAt } = answer;
  if (record === undefined) return undefined;
  const edge = { id, key: number };
  const span: Span = {
    leg: 'detail',
    page: number,
    limit: 1,
    count: 1,
    total,
    first: edge,
    last: edge,
    ends: false,
    meets: null,
    sentAt,
    observedAt,
  };
  return { records: [record], observedAt, sourceTime: sourceTime(answer), span };
}

/** Returns false for a route that the API itself says does not exist or takes no GET. Throws for a missing permission, as usual. */
async function hasList(http: Http, source: Source, stream: Stream, signal: AbortSignal): Promise<boolean> {
  const isAbsent = (answer: HttpResponse) =>
    [404, 405].includes(answer.status) && source.classifyError(answer) !== undefined;
  const first = { ...UNORDERED, filter: stream.scope, page: 1, limit: stream.pageSize, accept: isAbsent };
  return (await getList(http, stream, first, signal)).listing !== undefined;
}

/** Returns the limit that the source applied to the first page. An API may silently clamp a larger one, which only its page count shows. */
function clampedLimit({ records: { length: count }, total, maxPage }: Listing, limit: number): number {
  const isClamped = count > 0 && count < limit && total > count && Math.ceil(total / count) === maxPage;
  return isClamped ? count : limit;
}
