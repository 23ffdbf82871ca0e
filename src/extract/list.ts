import type { List, Listing, Stream } from '../model/stream.ts';
import type { HttpResponse } from './response.ts';
import { rethrowFor, type Http } from './http.ts';

/** A list in whatever order the source has. */
export const UNORDERED: List = { order: 'ascending', filter: {} };

/** A request for one page of a stream's list. The filters are complete: the caller adds those of the stream's scope. */
export interface ListRequest extends List {
  page: number;
  limit: number;
  retries?: number | undefined;
  /** True for responses that are useful without being a list. */
  accept?: (answer: HttpResponse) => boolean;
}

/** The response to a request for a list; without a listing where another response was accepted. */
export interface ListResponse extends HttpResponse {
  listing: Listing | undefined;
}

/** Requests a page of a list. Throws as {@link Http.get} does, and for a response that is no list. */
export async function getList(
  http: Http,
  stream: Stream,
  { order, date, filter, page, limit, retries, accept = () => false }: ListRequest,
  signal: AbortSignal,
): Promise<ListResponse> {
  const path = stream.listPath({ order, date, filter }, page, limit);
  const listingOf = ({ status, body }: HttpResponse) => (status === 200 ? stream.parseList(body) : undefined);
  const isOfUse = (answer: HttpResponse) => listingOf(answer) !== undefined || accept(answer);
  const answer = await http.get(path, isOfUse, signal, retries).catch(rethrowFor(stream));
  return { ...answer, listing: listingOf(answer) };
}

/** Requests the first page of a list in the source's own order. */
export async function firstPage(
  http: Http,
  stream: Stream,
  { filter, limit }: Pick<ListRequest, 'filter' | 'limit'>,
  signal: AbortSignal,
): Promise<Pick<Listing, 'records' | 'total'>> {
  const { listing } = await getList(http, stream, { order: 'descending', filter, page: 1, limit }, signal);
  return listing ?? { records: [], total: 0 };
}
