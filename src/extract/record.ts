import { ConfigError, WrongRecordError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { Source } from '../model/source.ts';
import type { Stream } from '../model/stream.ts';
import type { HttpResponse } from './response.ts';
import { rethrowFor, type Http } from './http.ts';

/** A source and the client that reads it. */
export interface Client {
  source: Source;
  http: Http;
}

/** An id that no record has: the request still shows a missing permission. */
export const NO_ID = '00000000-0000-0000-0000-000000000000';

/** The response to a request by id; the record is undefined when the source says that it does not exist. */
export interface RecordResponse extends HttpResponse {
  id: string;
  record: JsonObject | undefined;
}

/**
 * Requests a record by its id. The record is undefined only when the source itself says that it does not exist. Throws a
 * WrongRecordError when every try returns another record.
 */
export async function getRecord(
  { http, source }: Client,
  stream: Stream,
  id: string,
  signal: AbortSignal,
): Promise<RecordResponse> {
  if (stream.recordPath === null)
    throw new ConfigError('CS1109', `the source has no request for a single record of ${stream.name}`);
  const path = stream.recordPath(id);
  const { isNotFound = source.isNotFound } = stream;
  const recordIn = ({ status, body }: HttpResponse) => (status === 200 ? stream.recordIn(body, id) : undefined);
  const accept = (found: HttpResponse) => {
    const record = recordIn(found);
    if (record) requireId(record, id, path);
    return record !== undefined || isNotFound(found);
  };
  const answer = await http.get(path, accept, signal).catch(rethrowFor(stream));
  return { ...answer, id, record: recordIn(answer) };
}

const ANY_UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Throws unless the ids are equal. UUIDs are compared without case, other ids exactly. */
function requireId({ id }: JsonObject, asked: string, path: string): void {
  const received = typeof id === 'string' ? id : JSON.stringify(id);
  const isSame =
    ANY_UUID.test(asked) && ANY_UUID.test(received)
      ? asked.toLowerCase() === received.toLowerCase()
      : asked === received;
  if (!isSame) throw new WrongRecordError(path, asked, received);
}
