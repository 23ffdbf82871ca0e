import * as fc from 'fast-check';
import { isObject, parseJson, type Json, type JsonObject } from '../../src/model/json.ts';
import { nastyKey, nastyValue } from './values.ts';

/** A part of every secret that a case plants: it must be found nowhere. */
export const MARKER = 'recognisable';

/** Keys at Polar whose values are credentials, or the digits of a card. */
export const SECRET_KEYS = [
  'client_secret',
  'intent_client_secret',
  'customer_session_client_secret',
  'guild_token',
  'user_provided_key',
  'invite_url',
  'last4',
];

const KINDS = ['drop', 'replace', 'wrap', 'insert', 'rename', 'copy', 'swap', 'twice', 'secret'] as const;

interface Edit {
  kind: (typeof KINDS)[number];
  /** Number of the place in the record, modulo the number of places. */
  where: number;
  from: number;
  key: string;
  /** JSON text. */
  value: string;
}

/** Changes to a base record. */
export interface Mutation {
  base: number;
  edits: readonly Edit[];
  /** JSON text in place of the whole record. */
  instead: string | undefined;
  /** True if it has the ids of the record before it. */
  shares: boolean;
  /** The record's own credential. */
  secret: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom(...KINDS, 'replace', 'replace', 'drop'),
  where: fc.nat(),
  from: fc.nat(),
  key: nastyKey,
  value: nastyValue,
});

const seldom = (of: number) => fc.integer({ min: 1, max: of }).map((chance) => chance === of);

/** Any mutation; every fifth leaves the record as it is. */
export const mutation: fc.Arbitrary<Mutation> = fc.record({
  base: fc.nat(),
  edits: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.array(edit, { minLength: 1, maxLength: 6, size: 'max' }) },
  ),
  instead: seldom(40).chain((isInstead) => (isInstead ? nastyValue : fc.constant(undefined))),
  shares: seldom(10),
  secret: fc.constantFrom(
    `polar_c_${MARKER}`,
    `polar_c_${MARKER}_0123456789`,
    `polar_c_"${MARKER}\\`,
    `polar_c_\0${MARKER}\ud800`,
  ),
});

/** A place in a record: an object's key, or an array's index. */
interface Place {
  parent: JsonObject | Json[];
  key: string;
}

const at = ({ parent, key }: Place): Json => (Array.isArray(parent) ? parent[Number(key)] : parent[key]) ?? null;

function put({ parent, key }: Place, value: Json): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

function drop({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

/** Every place within a value, but for credentials: they stay where they are. */
function placesOf(value: Json): Place[] {
  if (Array.isArray(value))
    return value.flatMap((inner, index) => [{ parent: value, key: String(index) }, ...placesOf(inner)]);
  if (!isObject(value)) return [];
  return Object.keys(value).flatMap((key) =>
    SECRET_KEYS.includes(key) ? [] : [{ parent: value, key }, ...placesOf(value[key] ?? null)],
  );
}

const pick = <T>(from: readonly T[], at: number): T | undefined => from[at % from.length];
const hasSecret = (value: Json) => JSON.stringify(value).includes(MARKER);
const copied = (value: Json) => JSON.parse(JSON.stringify(value)) as Json;

/** Makes an edit; `insert` returns a placeholder for a value until the record is text. */
function apply(record: JsonObject, { kind, where, from, key, value }: Edit, insert: (text: string) => Json): void {
  const places = placesOf(record);
  const place = pick(places, where);
  if (!place) return;
  const objects = [record, ...places.map(at)].filter(isObject);
  const object = pick(objects, where) ?? record;
  const source = pick(places, from) ?? place;
  const [here, there] = [at(place), at(source)];
  if (kind === 'drop') drop(place);
  else if (kind === 'replace') put(place, insert(value));
  else if (kind === 'wrap') put(place, from % 2 ? [here] : { value: here });
  else if (kind === 'insert') put({ parent: object, key: SECRET_KEYS.includes(key) ? 'key' : key }, insert(value));
  else if (kind === 'secret')
    put({ parent: object, key: pick(SECRET_KEYS.slice(1), from) ?? '' }, insert(secret(from)));
  else if (hasSecret(here) || hasSecret(there)) return;
  else if (kind === 'copy') put(place, copied(there));
  else if (kind === 'twice' && Array.isArray(here)) here.push(...here.slice(0, 1 + (from % 3)).map(copied));
  else if (kind === 'rename' && !Array.isArray(place.parent)) {
    drop(place);
    put({ parent: place.parent, key: from % 2 ? key : source.key }, here);
  } else if (kind === 'swap') {
    put(place, copied(there));
    put(source, copied(here));
  }
}

const secret = (kind: number) =>
  JSON.stringify(kind % 2 ? `pi_${MARKER}_${kind % 7}` : { one: [`cuss_${MARKER}`], two: MARKER });

/** A record as it goes over the wire. */
export interface Case {
  text: string;
  record: Json;
}

/** Ids that begin with the serial number, so that no two records share one unless they should. */
const ID = /\b[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b|\b01F9Z[0-9A-Z]{3}([0-9A-Z]{18})\b/gi;

function withOwnIds(text: string, serial: number): string {
  const start = serial.toString(16).padStart(8, '0');
  return text.replaceAll(ID, (_, uuid?: string, ulid?: string) => `${start}${uuid ?? ulid}`);
}

/** The mutated record, its ids made its own by a serial number. */
export function mutated(bases: readonly string[], mutation: Mutation, serial: number): Case {
  const values: string[] = [];
  const insert = (text: string) => `\uE000${values.push(text) - 1}\uE001`;
  const base = pick(bases, mutation.base) ?? '{}';
  const record = JSON.parse(base.replaceAll(`polar_c_${MARKER}`, () => escaped(mutation.secret))) as JsonObject;
  const edits = base.includes(MARKER) ? mutation.edits : mutation.edits.filter(({ kind }) => kind !== 'secret');
  for (const each of edits) apply(record, each, insert);
  const mutant =
    mutation.instead ??
    JSON.stringify(record).replaceAll(/"\uE000(\d+)\uE001"/g, (_, index: string) => values[Number(index)] ?? 'null');
  const text = withOwnIds(mutant, serial);
  return { text, record: parseJson(text) };
}

const escaped = (text: string) => JSON.stringify(text).slice(1, -1);
