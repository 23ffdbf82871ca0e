import { RetryableError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Logger } from '../log.ts';
import type { List, Stream } from '../stream.ts';
import type { Http } from './http.ts';
import { ends, type Leg, type Span } from './span.ts';

/** A page as it was read: its records, and what it showed of the list. */
export interface Page {
  records: Json[];
  observedAt: string;
  /** The source's clock, from the answer's `Date` header. */
  sourceTime: string | undefined;
  span: Span;
}

/** Reads pages of a stream's lists. */
export interface Reader {
  read(leg: Leg, list: List, page: number, limit: number, signal: AbortSignal): Promise<Page>;
}

/** A page that shows fewer records than its own total promises is read again this often before it is believed. */
const RELOOKS = 3;

/** Reads pages through a client; every page is checked against its own totals. */
export function createReader(http: Http, stream: Stream, log: Logger): Reader {
  const once = async (leg: Leg, list: List, page: number, limit: number, signal: AbortSignal): Promise<Page> => {
    const path = stream.listPath({ ...list, filter: { ...stream.scope, ...list.filter } }, page, limit);
    const answer = await http.get(
      path,
      ({ status, body }) => status === 200 && stream.parseList(body) !== undefined,
      signal,
    );
    const listing = stream.parseList(answer.body);
    if (!listing) throw new RetryableError(`the answer to GET ${path} is not a list`);
    const { records, total } = listing;
    const date = Date.parse(answer.header('date') ?? '');
    const span: Span = {
      leg,
      page,
      limit: clampedLimit(records.length, total, listing.maxPage, page, limit),
      count: records.length,
      total,
      ...(leg === 'head' ? ends(records.toReversed(), 'ascending') : ends(records, list.order)),
      ends: records.length < limit && (page - 1) * limit + records.length === total,
      meets: null,
      sentAt: answer.sentAt,
      observedAt: answer.observedAt,
    };
    const sourceTime = Number.isNaN(date) ? undefined : new Date(date).toISOString();
    return { records, observedAt: answer.observedAt, sourceTime, span };
  };

  return {
    async read(leg, list, page, limit, signal) {
      for (let look = 1; ; look++) {
        const found = await once(leg, list, page, limit, signal);
        const promised = Math.min(found.span.limit, Math.max(0, found.span.total - (page - 1) * found.span.limit));
        if (found.span.count >= promised) return found;
        const facts = { stream: stream.name, page, records: found.span.count, promised, total: found.span.total };
        if (look === RELOOKS) {
          log.warn(facts, 'the source lists fewer records than it counts');
          return found;
        }
        log.debug(facts, 'a page is shorter than its total says: reading it again');
      }
    },
  };
}

/** The limit that the source applied: an API may clamp a larger one in silence, which only its page count shows. */
function clampedLimit(count: number, total: number, maxPage: number, page: number, limit: number): number {
  const isClamped = page === 1 && count > 0 && count < limit && total > count && Math.ceil(total / count) === maxPage;
  return isClamped ? count : limit;
}
