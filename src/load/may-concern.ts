import { quote } from '../database/identifiers.ts';
import type { ColumnPlan, TablePlan } from '../database/table-plan.ts';
import { hashesBySalt, type Forgotten } from '../ledger/forgotten.ts';
import type { PrivacySettings } from '../model/privacy.ts';
import type { Expiry } from '../model/entity.ts';
import type { MaskTarget } from '../normalize/mask-row.ts';

/** A condition on a row `t`, with its parameters, numbered from 1. */
export interface RowCondition {
  sql: string;
  values: readonly unknown[];
}

/** Data to hide in the rows of a table. */
export interface Hidden {
  privacy: PrivacySettings;
  forgotten: Forgotten;
  /** Creation date up to which settled records have already been emptied; null if none have. */
  emptiedUntil: string | null;
}

/**
 * Returns SQL that is true for every row of a table that may need to be masked; undefined if there can be none. It
 * finds people by their hashes, so their values are neither needed nor sent.
 */
export function mayConcern(
  { plan, entity }: MaskTarget,
  { privacy, forgotten, emptiedUntil }: Hidden,
): RowCondition | undefined {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = holdsPrivate(plan, privacy);
  const hashes = hashesBySalt(forgotten, { name: plan.name.split('.', 1).join(''), account: null });
  if (hashes.size > 0) {
    const keys = [...hashes].map(([salt, some]) => ({ salt, hashes: parameter([...some]) }));
    for (const column of plan.columns.filter(({ identifies }) => identifies))
      conditions.push(...keys.map((key) => namesOne(column, key)));
    conditions.push(mentionsSomebody(plan));
  }
  if (entity.expiry && privacy.keepFor !== undefined && forgotten.cutoff !== null)
    conditions.push(isExpiring(entity.expiry, parameter([emptiedUntil ?? '-infinity', forgotten.cutoff])));
  if (conditions.length === 0) return undefined;
  const typed = values.map((_, index) => `$${index + 1}::text[] is not null`); // also if no column uses one
  return { sql: [...typed, `(${conditions.join(' or ')})`].join(' and '), values };
}

/** Returns SQL that is true if, after the first of two dates, a row settled or became older than the second. */
function isExpiring({ since = 'created_at', until }: Expiry, dates: string): string {
  const [from, to] = [1, 2].map((index) => `(${dates}::text[])[${index}]::timestamptz`);
  return `(t.${quote(since)} < ${to} and greatest(t.${quote(since)}, t.${quote(until)}) >= ${from})`;
}

/**
 * Returns SQL conditions that are true if a private column, or `extra`, holds anything; none without private columns.
 */
function holdsPrivate({ name: table, columns }: TablePlan, { privateColumns }: PrivacySettings): string[] {
  const hidden = columns.filter(({ name }) => privateColumns.has(`${table}.${name}`));
  if (hidden.length === 0) return [];
  return [...hidden.map(({ name }) => `t.${quote(name)} is not null`), `t.extra <> '{}'`];
}

const BLOCK = 64;

/**
 * Returns the two keys of an HMAC, as `bytea` in SQL: without an extension, Postgres has the hash function but no HMAC.
 */
function padsOf(salt: string): [inner: string, outer: string] {
  const key = Buffer.concat([Buffer.from(salt, 'hex'), Buffer.alloc(BLOCK)]).subarray(0, BLOCK);
  const pad = (byte: number) => `'\\x${Buffer.from(key.map((one) => one ^ byte)).toString('hex')}'::bytea`;
  return [pad(0x36), pad(0x5c)];
}

/** A key, and the parameter with the hashes made with it. */
interface HashKey {
  salt: string;
  hashes: string;
}

/**
 * Returns SQL that is true if a column that identifies people has one of these hashes; objects pass, and are read
 * later.
 */
function namesOne({ name, sqlType, identifies }: ColumnPlan, { salt, hashes }: HashKey): string {
  const value = `t.${quote(name)}::text`;
  if (sqlType === 'jsonb') return `t.${quote(name)} is not null`;
  const [inner, outer] = padsOf(salt);
  const compared = identifies === 'external' ? value : `lower(${value} collate "C")`;
  const hmac = `sha256(${outer} || sha256(${inner} || convert_to('${identifies}:' || ${compared}, 'UTF8')))`;
  return `encode(${hmac}, 'hex') = any(${hashes}::text[])`;
}

/** Returns SQL that is true if a column not meant for e-mail addresses may hold one. */
function mentionsSomebody({ columns }: TablePlan): string {
  const texts = columns.filter(({ sqlType, identifies }) => !identifies && (sqlType === 'text' || sqlType === 'jsonb'));
  const all = [...texts.map(({ name }) => `t.${quote(name)}::text`), 't.extra::text'];
  return `concat_ws(' ', ${all.join(', ')}) ~ '@|%40'`;
}
