import type { Json } from '../model/json.ts';
import type { List, Listing, Stream } from '../model/stream.ts';
import type { Answer } from './answer.ts';
import type { Http } from './http.ts';

/** One request for a page of a stream's list. The filters are complete: those of the stream's scope are added by the caller. */
export interface ListRequest extends List {
  page: number;
  limit: number;
  retries?: number | undefined;
  /** True for other answers than a list that are of use. */
  accept?: (answer: Answer) => boolean;
}

/** The answer to a request for a list; without a listing where another answer was accepted. */
export interface ListAnswer extends Answer {
  listing: Listing | undefined;
}

/** Asks for a page of a list. Throws as {@link Http.get} does, for an answer that is no list as well. */
export async function getList(
  http: Http,
  stream: Stream,
  { order, filter, page, limit, retries, accept = () => false }: ListRequest,
  signal: AbortSignal,
): Promise<ListAnswer> {
  const path = stream.listPath({ order, filter }, page, limit);
  const listingOf = ({ status, body }: Answer) => (status === 200 ? stream.parseList(body) : undefined);
  const isOfUse = (answer: Answer) => listingOf(answer) !== undefined || accept(answer);
  const answer = await http.get(path, isOfUse, signal, retries);
  return { ...answer, listing: listingOf(answer) };
}

/** The first records of a list, as it comes. */
export async function firstRecords(
  http: Http,
  stream: Stream,
  { filter, limit }: Pick<ListRequest, 'filter' | 'limit'>,
  signal: AbortSignal,
): Promise<Json[]> {
  const { listing } = await getList(http, stream, { order: 'descending', filter, page: 1, limit }, signal);
  return listing?.records ?? [];
}
