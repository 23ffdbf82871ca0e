import { sanitize } from '../database/encode.ts';
import type { TablePlan } from '../database/table-plan.ts';
import type { Entity } from '../model/entity.ts';
import { parseJson, type JsonObject } from '../model/json.ts';
import type { Batch } from './batch.ts';
import { countDrift } from './drift.ts';
import {
  isSecret,
  isSecretKey,
  knownAs,
  mayHoldSecret,
  namedLike,
  redactorFor,
  withoutSecrets,
  type Secret,
} from './redact.ts';
import type { Row, TableBatch } from './rows.ts';

/** Adds what has neither a column nor a relation to `extra`; returns the credentials among it instead of keeping them. */
export function keepUnknown(
  { secretKeys }: Batch,
  { entity, plan }: TableBatch,
  record: JsonObject,
  extra: JsonObject,
): Secret[] {
  const isCredential = namedLike(secretKeys);
  const unknown = Object.entries(record).filter(
    ([key, value]) => value !== undefined && !plan.index.has(key) && !Object.hasOwn(entity.relations, key),
  );
  for (const [key, value] of unknown)
    if (!isCredential(key, value) && !isDropped(entity, key, record)) extra[key] = value;
  // What only a name speaks for is not looked for elsewhere: it may be a word like any other.
  return unknown.flatMap(([key, value]): Secret[] =>
    isSecretKey(key, secretKeys) && isSecret(value) ? [[key, value]] : [],
  );
}

/** True for a field that is not kept: dropped by the entity, or the alias of one that is there. */
function isDropped({ dropped, aliases }: Entity, key: string, record: JsonObject): boolean {
  const original = Object.hasOwn(aliases, key) ? aliases[key] : undefined;
  return dropped.has(key) || (original !== undefined && record[original] !== undefined);
}

/** What of a record has no column. */
interface Unknown {
  extra: JsonObject;
  secrets: readonly Secret[];
}

/** Takes secrets out of the cells, and out of what is extra what Postgres cannot hold; counts the latter. */
export function finishRow({ secretKeys, drift }: Batch, plan: TablePlan, row: Row, { extra, secrets }: Unknown): Row {
  hideSecrets(row, plan, secretKeys, secrets);
  if (Object.keys(extra).length === 0) return row;
  const kept = sanitize(withoutSecrets(extra, namedLike(secretKeys), redactorFor(secrets)));
  for (const key of Object.keys(kept ?? {})) countDrift(drift, `${plan.name}.${key.slice(0, LONGEST_NAME)}`);
  return { ...row, extra: JSON.stringify(kept) };
}

/** Longer names of fields are cut in what is counted and logged. */
const LONGEST_NAME = 100;

/** A credential is sometimes a part of another field, such as a URL or a map: there it is blanked out or left out. */
function hideSecrets(
  { cells }: Row,
  plan: TablePlan,
  secretKeys: ReadonlySet<string>,
  secrets: readonly Secret[],
): void {
  const blank = redactorFor(secrets);
  const written = secrets.map(([, secret]) => JSON.stringify(secret).slice(1, -1));
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index];
    if (!cell) continue;
    const sqlType = plan.columns[index]?.sqlType;
    if (sqlType === 'text' && secrets.length > 0) cells[index] = blank(cell);
    else if (
      sqlType === 'jsonb' &&
      (mayHoldSecret(cell, secretKeys) || written.some((secret) => cell.includes(secret)))
    )
      cells[index] = JSON.stringify(withoutSecrets(parseJson(cell), knownAs(secretKeys), blank));
  }
}
