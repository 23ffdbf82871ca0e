/** One request as the simulator saw it. Its credential is never kept. */
export interface RequestEntry {
  /** Counts from 0. */
  index: number;
  method: string;
  /** Path as it was sent, without the query. */
  path: string;
  query: URLSearchParams;
  /** Status of the response; null until it is sent, and forever after a reset or a hang. */
  status: number | null;
  /** The version header the client sent. */
  version: string | null;
  /** Real time of arrival, ISO. */
  at: string;
}

const MAX_ENTRIES = 100_000;

/** Appends to a log, which keeps the last hundred thousand requests. */
export function log(entries: RequestEntry[], entry: RequestEntry): RequestEntry {
  entries.push(entry);
  if (entries.length > MAX_ENTRIES) entries.shift();
  return entry;
}
