/** A request as a simulated API sees it. */
export interface ApiRequest {
  /** Counts from 0. */
  index: number;
  method: string;
  /** Path as it was sent, without the query. */
  path: string;
  query: URLSearchParams;
  /** Returns a header by its lower-case name. */
  header: (name: string) => string | undefined;
}

/** The response of a simulated API; a body of null stands for none, without a content type. */
export interface ApiResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer | null;
}

/** A simulated API: reads its rows and responds synchronously. */
export type Api = (request: ApiRequest) => ApiResponse;
