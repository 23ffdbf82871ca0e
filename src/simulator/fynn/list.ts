import type { ApiAnswer, ApiRequest } from '../api.ts';
import { random, shuffle } from '../random.ts';
import { badRequest, ok } from './responses.ts';
import type { State } from './state.ts';

/** The rows of a list by their ids, and what is shown of each. */
export interface Rows {
  ids: readonly string[];
  json: (id: string) => unknown;
}

/** The page asked for, in Fynn's envelope. API Platform: a page beyond the last is empty and has true totals, and the last page of nothing is 1. */
export function listAnswer(state: State, rows: Rows, request: ApiRequest): ApiAnswer {
  const page = wholeNumber(request.query.get('page'), 1);
  const limit = wholeNumber(request.query.get('limit'), 30);
  if (page < 1) return badRequest('Die Seite darf nicht kleiner als 1 sein.');
  if (limit < 0) return badRequest('Das Limit darf nicht kleiner als 0 sein.');
  const itemsPerPage = Math.min(limit, state.settings.pageLimit);
  const shown = inOrder(state, rows.ids, request.index).slice((page - 1) * itemsPerPage, page * itemsPerPage);
  const pagination = {
    totalItems: rows.ids.length,
    itemsPerPage,
    currentPage: page,
    lastPage: itemsPerPage > 0 ? Math.max(1, Math.ceil(rows.ids.length / itemsPerPage)) : 1,
    pageTotalItems: shown.length,
  };
  return ok({ data: shown.map(rows.json), meta: { pagination } });
}

function inOrder({ settings, seed }: State, ids: readonly string[], request: number): string[] {
  const ordered = [...ids];
  if (settings.shuffleRows) shuffle(ordered, 0, ordered.length, random(seed, 'fynn order', request));
  return ordered;
}

/** PHP: what is no number counts as 0. */
function wholeNumber(text: string | null, fallback: number): number {
  return text === null ? fallback : Number.parseInt(text, 10) || 0;
}
