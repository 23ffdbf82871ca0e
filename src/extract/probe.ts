import { RetryableError } from '../model/errors.ts';
import type { Json } from '../model/json.ts';
import type { Logger } from '../model/log.ts';
import type { List, Stream } from '../model/stream.ts';
import type { Source } from '../model/source.ts';
import type { HttpResponse } from './response.ts';
import type { Budget } from './budget.ts';
import { createHttp, RETRY_POLICY, type Http, type RetryPolicy } from './http.ts';
import { firstPage } from './list.ts';
import { getRecord } from './record.ts';

/** The result of one request for records of a stream. */
export interface Probe {
  stream: Stream;
  /** Undefined when there was no response. */
  answer: HttpResponse | undefined;
  /** Reason why the response is unusable; undefined if it is usable. */
  error: Error | undefined;
  records: Json[];
  /** Number of records that the list counts; undefined without a list. */
  total?: number | undefined;
}

/** Single requests, without retries and with short timeouts. */
export interface Prober {
  /** Requests the first records of the stream's list. */
  atList(stream: Stream, filter: List['filter'], signal: AbortSignal): Promise<Probe>;
  /** Requests one record; the result is empty when the source does not have it. */
  atRecord(stream: Stream, id: string, signal: AbortSignal): Promise<Probe>;
  close(): Promise<void>;
}

const PROBE_TIMEOUT_MS = 8000;
const NO_RETRIES: RetryPolicy = {
  ...RETRY_POLICY,
  timeoutMs: PROBE_TIMEOUT_MS,
  retries: 0,
  minDelayMs: 0,
  maxDelayMs: 0,
  rateLimitedTries: 0,
};

/** A few requests need not be counted: the budgets leave a tenth of the limit to others. */
const uncounted: Budget = { take: () => Promise.resolve(), pause: () => Promise.resolve() };

/** A few of many sessions are enough; records of a list without an order are small. */
const limitOf = ({ discovery, pageSize }: Stream) => (discovery.by === 'date' ? Math.min(10, pageSize) : pageSize);

/** Opens a client for single requests to a source. */
export function createProber(source: Source, log: Logger): Prober {
  const http = createHttp(source, uncounted, log, { policy: NO_RETRIES });
  return {
    atList: (stream, filter, signal) =>
      probe(http, stream, (own, until) => firstPage(own, stream, { filter, limit: limitOf(stream) }, until), signal),
    atRecord: (stream, id, signal) =>
      probe(
        http,
        stream,
        async (own, limit) => {
          const { record } = await getRecord({ http: own, source }, stream, id, limit);
          return { records: record === undefined ? [] : [record] };
        },
        signal,
      ),
    close: () => http.close(),
  };
}

/** Sends a request, and keeps the response even where it is an error. */
async function probe(
  http: Http,
  stream: Stream,
  ask: (http: Http, signal: AbortSignal) => Promise<Pick<Probe, 'records' | 'total'>>,
  signal: AbortSignal,
): Promise<Probe> {
  let answer: HttpResponse | undefined;
  const late = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const listening: Http = {
    ...http,
    get: (path, accept, until) => http.get(path, (found) => accept((answer = found)), until),
  };
  try {
    const found = await ask(listening, AbortSignal.any([signal, late]));
    return { stream, answer, error: undefined, ...found };
  } catch (thrown) {
    signal.throwIfAborted();
    const error = late.aborted
      ? new RetryableError('CS4101', `no response within ${PROBE_TIMEOUT_MS / 1000} seconds`)
      : thrown;
    return { stream, answer, error: error instanceof Error ? error : new Error(String(error)), records: [] };
  }
}
