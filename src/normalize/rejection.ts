import { sanitize, sanitizeText } from '../database/encode.ts';
import { isObject, parseJson, type Json } from '../model/json.ts';
import type { IncomingRecord, Rejection } from './batch.ts';
import { namedLike, redactorFor, secretsWithin, truncateDepth, withoutSecrets } from './redact.ts';

const PAYLOAD_LIMIT = 100_000;

/**
 * Returns a record for `sync.rejected_records`: without secrets and without data that its table would not hold, and
 * truncated if it is huge or deep.
 */
export function rejectionOf(
  { record: whole, entity: { dropped } }: Pick<IncomingRecord, 'record' | 'entity'>,
  reason: string,
  secretKeys: ReadonlySet<string>,
): Rejection {
  const isKept = ([key]: [string, Json | undefined]) => !dropped.has(key);
  const record = isObject(whole) ? Object.fromEntries(Object.entries(whole).filter(isKept)) : whole;
  const id = isObject(record) ? record.id : undefined;
  const shown = truncateDepth(record);
  const isCredential = namedLike(secretKeys);
  const blank = redactorFor(secretsWithin(shown, isCredential));
  const hasId = typeof id === 'string' || typeof id === 'number';
  const recordId = hasId ? sanitizeText(blank(String(id))).slice(0, 200) : null;
  const text = JSON.stringify(sanitize(withoutSecrets(shown, isCredential, blank)));
  const payload = text.length > PAYLOAD_LIMIT ? `${text.slice(0, PAYLOAD_LIMIT).toWellFormed()}…` : parseJson(text);
  return { recordId, reason, payload };
}
