import type { Json } from '../../src/model/json.ts';
import { decimalOf } from './decimal.ts';

/** Comparison of values of one SQL type: each value, from the wire or from Postgres, has one text. */
interface Kind {
  /** The text of a value from the wire; undefined for one that the type cannot hold. */
  wire: (value: Json) => string | undefined;
  /** The text of a value as Postgres writes it. */
  stored: (text: string) => string;
}

const asIs = (text: string) => text;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const KINDS: Readonly<Record<string, Kind>> = {
  text: { wire: (value) => (typeof value === 'string' ? value : undefined), stored: asIs },
  uuid: {
    wire: (value) => (typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : undefined),
    stored: asIs,
  },
  boolean: { wire: (value) => (typeof value === 'boolean' ? String(value) : undefined), stored: asIs },
  integer: { wire: wholeNumber, stored: decimalOf },
  bigint: { wire: wholeNumber, stored: decimalOf },
  numeric: { wire: decimalNumber, stored: decimalOf },
  jsonb: { wire: sortedJson, stored: (text) => sortedJson(JSON.parse(text)) },
  'timestamp with time zone': {
    wire: (value) => (typeof value === 'string' ? instantOf(value) : undefined),
    stored: (text) => instantOf(text) ?? text,
  },
};

/** The kind of a type as Drizzle writes it; throws for a type that no stream had yet. */
export function kindOf(sqlType: string): Kind {
  const kind = KINDS[sqlType.replace(/\(.*/, '')];
  if (!kind) throw new Error(`the oracle does not know columns of type ${sqlType} yet: add them to KINDS`);
  return kind;
}

/** JSON with the keys of objects in one order, so that equal values have equal texts. */
export function sortedJson(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}

function wholeNumber(value: Json): string | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? decimalOf(String(value)) : undefined;
}

/** The wire writes decimals as numbers or, to keep all of their digits, as texts. */
function decimalNumber(value: Json): string | undefined {
  const isNumeral = typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
  return isNumeral ? decimalOf(String(value)) : undefined;
}

/** Microseconds since 1970; undefined for what is no instant. */
function instantOf(text: string): string | undefined {
  const [, whole, fraction = '', zone] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  if (whole === undefined || zone === undefined) return undefined;
  return String(Date.parse(whole + zone) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6)));
}
