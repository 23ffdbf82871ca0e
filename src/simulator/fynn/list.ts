import type { ApiRequest, ApiResponse } from '../api.ts';
import { random, shuffle } from '../random.ts';
import { badRequest, ok } from './responses.ts';
import type { FynnSettings } from './settings.ts';
import type { FynnStream } from './stream.ts';

/** A list request, and the seed of the order that it gets. */
interface ListContext {
  request: ApiRequest;
  seed: number;
}

/**
 * Returns the requested page in Fynn's envelope. API Platform: a page beyond the last is empty and has true totals, and the
 * last page of an empty list is 1.
 */
export function listResponse(stream: FynnStream, settings: FynnSettings, { request, seed }: ListContext): ApiResponse {
  const page = phpInteger(request.query.get('page'), 1);
  const limit = phpInteger(request.query.get('limit'), 30);
  if (page < 1) return badRequest('Die Seite darf nicht kleiner als 1 sein.');
  if (limit < 0) return badRequest('Das Limit darf nicht kleiner als 0 sein.');
  const itemsPerPage = Math.min(limit, settings.pageLimit);
  const ids = stream.listed();
  if (settings.shuffleRows) shuffle(ids, 0, ids.length, random(seed, 'fynn order', request.index));
  const shown = ids.slice((page - 1) * itemsPerPage, page * itemsPerPage);
  const pagination = {
    totalItems: ids.length,
    itemsPerPage,
    currentPage: page,
    lastPage: itemsPerPage > 0 ? Math.max(1, Math.ceil(ids.length / itemsPerPage)) : 1,
    pageTotalItems: shown.length,
  };
  return ok({ data: shown.map((id) => stream.json(id)), meta: { pagination } });
}

/** PHP: text that is not a number counts as 0. */
function phpInteger(text: string | null, fallback: number): number {
  return text === null ? fallback : Number.parseInt(text, 10) || 0;
}
