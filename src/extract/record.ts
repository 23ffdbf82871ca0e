import { WrongRecordError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { Source } from '../model/source.ts';
import type { Stream } from '../model/stream.ts';
import type { Answer } from './answer.ts';
import type { Http } from './http.ts';

/** A source and the client that reads it. */
export interface Client {
  source: Source;
  http: Http;
}

/** The answer to a request by id; the record is undefined when the source says that there is none. */
export interface RecordAnswer extends Answer {
  id: string;
  record: JsonObject | undefined;
}

/**
 * Asks for a record by its id. Only the source's own word that it does not exist makes it undefined. Throws a
 * WrongRecordError when another record comes again and again.
 */
export async function getRecord(
  { http, source }: Client,
  stream: Stream,
  id: string,
  signal: AbortSignal,
): Promise<RecordAnswer> {
  const path = stream.recordPath(id);
  const recordIn = ({ status, body }: Answer) => (status === 200 ? stream.recordIn(body, id) : undefined);
  const accept = (found: Answer) => {
    const record = recordIn(found);
    if (record) requireId(record, id, path);
    return record !== undefined || source.isNotFound(found);
  };
  const answer = await http.get(path, accept, signal);
  return { ...answer, id, record: recordIn(answer) };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** UUIDs are the same in upper and lower case, other ids only as they are. */
function requireId({ id }: JsonObject, asked: string, path: string): void {
  const received = typeof id === 'string' ? id : JSON.stringify(id);
  const isSame =
    UUID.test(asked) && UUID.test(received) ? asked.toLowerCase() === received.toLowerCase() : asked === received;
  if (!isSame) throw new WrongRecordError(path, asked, received);
}
