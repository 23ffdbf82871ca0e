import { sanitize } from '../database/encode.ts';
import { parseJson, type Json } from '../model/json.ts';
import type { Layout } from './layout.ts';
import { isSecret, knownAs, mayHoldSecret, namedLike, redactorFor, withoutSecrets, type Secret } from './redact.ts';
import type { Cell, Row } from './rows.ts';

/** A field of a record, or its unreadable part. */
export type Field = [name: string, value: Json];

/**
 * Adds fields with neither a column nor a relation to `extra`. Returns the credentials among them instead of keeping
 * them.
 */
export function keepUnknown({ unknown }: Layout, values: readonly Json[], extra: Field[]): Secret[] {
  const secrets: Secret[] = [];
  for (const { at, name, isDropped, originalAt, isSecret: isKnown, isSuspect } of unknown) {
    const value = values[at];
    if (value === undefined) continue;
    const isCredential = isKnown || (isSuspect && typeof value === 'string');
    if (!isCredential && !isDropped && values[originalAt] === undefined) extra.push([name, value]);
    // A value that only its name makes suspect is not searched for elsewhere: it may be an ordinary word.
    if (isKnown && isSecret(value)) secrets.push([name, value]);
  }
  return secrets;
}

/** The parts of a record without a column. */
interface Unknown {
  extra: readonly Field[];
  secrets: readonly Secret[];
}

/**
 * Removes secrets from the cells, and from `extra` everything that Postgres cannot hold. Returns the names of the extra
 * fields.
 */
export function finishRow(row: Row, layout: Layout, { extra, secrets }: Unknown): string[] {
  const { secretKeys, table } = layout;
  hideSecrets(row, layout, secrets);
  if (extra.length === 0) return [];
  const kept = sanitize(withoutSecrets(Object.fromEntries(extra), namedLike(secretKeys), redactorFor(secrets)));
  row.extra = JSON.stringify(kept);
  return Object.keys(kept ?? {}).map((key) => `${table}.${key.slice(0, LONGEST_NAME)}`);
}

/** Maximum length of a field's name in counts and logs; longer names are cut. */
const LONGEST_NAME = 100;

/** Removes credentials that are part of another field, such as a URL or a map: they are blanked out or left out. */
function hideSecrets({ cells }: Row, { texts, documents, secretKeys }: Layout, secrets: readonly Secret[]): void {
  const blank = redactorFor(secrets);
  if (secrets.length > 0) for (const index of texts) replaceCell(cells, index, blank);
  const written = secrets.map(([, secret]) => JSON.stringify(secret).slice(1, -1));
  const clean = (json: string) =>
    mayHoldSecret(json, secretKeys) || written.some((secret) => json.includes(secret))
      ? JSON.stringify(withoutSecrets(parseJson(json), knownAs(secretKeys), blank))
      : json;
  for (const index of documents) replaceCell(cells, index, clean);
}

function replaceCell(cells: Cell[], index: number, change: (text: string) => string): void {
  const cell = cells[index];
  if (cell) cells[index] = change(cell);
}
