/** A number of requests per window. */
export interface RateLimit {
  requests: number;
  windowMs: number;
}

/** Counts requests in fixed windows, the first of which starts with the first request; true when one is within the limit. */
export function fixedWindow(now: () => number = () => performance.now()): (limit: RateLimit) => boolean {
  let started = -Infinity;
  let count = 0;
  return ({ requests, windowMs }) => {
    if (now() - started >= windowMs) [started, count] = [now(), 0];
    count += 1;
    return count <= requests;
  };
}
