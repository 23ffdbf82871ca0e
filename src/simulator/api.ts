/** A request as a simulated API sees it. */
export interface ApiRequest {
  /** Counts from 0. */
  index: number;
  method: string;
  /** As sent, without the query. */
  path: string;
  query: URLSearchParams;
  /** A header by its lower-case name. */
  header: (name: string) => string | undefined;
}

/** What a simulated API answers; a body of null is none, without a content type. */
export interface ApiAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | null;
}

/** A simulated API: reads its rows and answers at once. */
export type Api = (request: ApiRequest) => ApiAnswer;
