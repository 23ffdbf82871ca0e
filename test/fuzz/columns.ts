import type { Database } from '../../src/database/database.ts';
import { isObject, type Json } from '../../src/model/json.ts';
import { decimalOf } from '../oracle/decimal.ts';
import { canonical } from '../support/column-kinds.ts';
import { rows } from '../support/records.ts';

/** A column as the database's own catalog has it. */
export interface Column {
  name: string;
  type: string;
  isIndexed: boolean;
  /** The table that it refers to. */
  refersTo: string | null;
}

/** Columns that are not the API's. */
export const BOOKKEEPING = new Set(['account', 'version_at', 'observed_at', 'deleted_at', 'extra']);

/** Every table's columns, by `schema.table`. */
export async function readColumns(db: Database): Promise<Map<string, Column[]>> {
  const found = await rows(
    db,
    `select c.oid::regclass::text as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
       exists (select from pg_index i where i.indrelid = c.oid and a.attnum = any(i.indkey)) as indexed,
       (select k.confrelid::regclass::text from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'f' and k.conkey[1] = a.attnum limit 1) as refers
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace in ('polar'::regnamespace, 'fynn'::regnamespace) and c.relkind = 'r' order by a.attnum`,
  );
  const tables = new Map<string, Column[]>();
  for (const { table, name, type, indexed, refers } of found) {
    const column = {
      name: String(name),
      type: String(type),
      isIndexed: indexed === true,
      refersTo: typeof refers === 'string' ? refers : null,
    };
    tables.set(String(table), [...(tables.get(String(table)) ?? []), column]);
  }
  return tables;
}

/** Returns SQL that reads a column as text for comparison. */
export const readAs = ({ name, type }: Column) =>
  type === 'timestamp with time zone'
    ? `(extract(epoch from "${name}") * 1000000)::numeric(40)::text`
    : `"${name}"::text`;

/** Necessity of a value in its column: it must be there, may be there, or cannot be. */
export type Fit = 'must' | 'may' | 'never';

const isText = (value: Json): value is string => typeof value === 'string';
const isClean = (text: string) => !/\0|\p{Surrogate}/u.test(text);
const isNumber = (value: Json) => typeof value === 'number' || JSON.isRawJSON(value);
/** A text as it is, anything else as JSON. */
export const plain = (value: Json) => (isText(value) ? value : JSON.stringify(value));

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,6})?(?:Z|[+-](\d\d):(\d\d))$/;

function instantFit(value: Json): Fit {
  const [, ...parts] = (isText(value) && INSTANT.exec(value)) || [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, hours = 0, minutes = 0] = parts.map(
    (part: string | undefined) => Number(part ?? 0),
  );
  if (parts.length === 0) return isText(value) && /^(?!0000)\d{4}-\d\d-\d\d[T ]\d\d:/.test(value) ? 'may' : 'never';
  const last = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  const isDay = year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= last;
  return isDay && hour < 24 && minute < 60 && second < 60 && hours <= 14 && minutes < 60 ? 'must' : 'never';
}

function integerFit(value: Json, bits: bigint): Fit {
  if (!isNumber(value)) return 'never';
  const [, sign = '', digits = '', power = ''] = /^(-?)(\d+)e(-?\d+)$/.exec(decimalOf(plain(value))) ?? [];
  if (digits === '') return 'must'; // zero
  if (Number(power) < 0 || Number(power) > 30 || digits.length > 40) return 'never';
  const exact = BigInt(`${sign}${digits}`) * 10n ** BigInt(power);
  if (BigInt.asIntN(Number(bits), exact) !== exact) return 'never';
  return /[.eE]/.test(plain(value)) ? 'may' : 'must';
}

function decimalFit(value: Json, precision: number, scale: number): Fit {
  if (!isNumber(value) && !isText(value)) return 'never';
  const text = plain(value);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return 'never';
  const [, digits = '', power = ''] = /^-?(\d+)e(-?\d+)$/.exec(decimalOf(text)) ?? [];
  if (digits === '') return /[eE][+-]?\d{4}/.test(text) ? 'may' : 'must'; // zero
  const whole = digits.length + Number(power);
  return whole <= precision - scale && Number(power) >= -scale ? 'must' : 'never';
}

function jsonFit(value: Json): Fit {
  if (JSON.isRawJSON(value)) return numberFit(value.rawJSON);
  if (isText(value)) return isClean(value) ? 'must' : 'never';
  const parts = isObject(value) ? [...Object.keys(value), ...Object.values(value)] : Array.isArray(value) ? value : [];
  const fits = parts.map(jsonFit);
  return fits.find((fit) => fit === 'never') ?? fits.find((fit) => fit === 'may') ?? 'must';
}

/** Postgres' numbers have limits that depend on how they are written. */
function numberFit(text: string): Fit {
  const power = Math.abs(Number(/[eE](.*)$/.exec(text)?.[1] ?? 0));
  return power > 140_000 ? 'never' : power > 900 || text.length > 9000 ? 'may' : 'must';
}

/** Returns whether a value other than null belongs into a column. */
export function fitOf(value: Json, { type, isIndexed }: Column): Fit {
  if (type === 'text') return isText(value) && isClean(value) && !(isIndexed && value.length > 400) ? 'must' : 'never';
  if (type === 'uuid')
    return isText(value) && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value) ? 'must' : 'never';
  if (type === 'boolean') return typeof value === 'boolean' ? 'must' : 'never';
  if (type === 'integer') return integerFit(value, 32n);
  if (type === 'bigint') return integerFit(value, 64n);
  if (type === 'jsonb') return jsonFit(value);
  if (type === 'timestamp with time zone') return instantFit(value);
  if (type === 'numeric') return decimalFit(value, 400, 200);
  const [, precision, scale] = /^numeric\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (precision && scale) return decimalFit(value, Number(precision), Number(scale));
  throw new Error(`the checks know no columns of type ${type}`);
}

/** A value in the form that {@link readAs} gives it, with spellings of the same made one. */
export function expectedText(value: Json, { type }: Column): string {
  if (type === 'jsonb') return canonical(value);
  if (type === 'timestamp with time zone') return microsecondsOf(plain(value));
  if (type === 'text') return plain(value);
  if (type === 'uuid') return plain(value).toLowerCase();
  return type === 'boolean' ? plain(value) : decimalOf(plain(value));
}

function microsecondsOf(text: string): string {
  const [, year = '', rest = '', fraction = '', sign = '', hours = 0, minutes = 0] =
    /^(\d{4})(-\d\d-\d\d[T ][\d:]{8})(?:\.(\d+))?(?:Z|([+-])(\d\d):?(\d\d))?$/.exec(text) ?? [];
  const shift = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
  const seconds = Date.parse(`${year}${rest.replace(' ', 'T')}Z`) / 1000 - shift;
  return Number.isNaN(seconds)
    ? `no instant: ${text}`
    : String(BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6)));
}
