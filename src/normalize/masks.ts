import type { ColumnPlan, TablePlan } from '../database/table-plan.ts';
import type { Entity } from '../model/entity.ts';
import { microseconds } from '../model/instant.ts';
import { parseJson } from '../model/json.ts';
import type { IdentityKind, PrivacySettings } from '../model/privacy.ts';
import { textsIn, type Eraser } from './erase.ts';
import { mentionEraser } from './mentions.ts';
import type { Row } from './rows.ts';

/** Returns true if the person identified by this value was forgotten. */
export type ForgottenTest = (kind: IdentityKind, value: string) => boolean;

/** Tests for the data to hide in an account's records before they become rows. */
export interface Masks {
  /** True if nothing is hidden. */
  isIdle: boolean;
  /** True for a column that is never stored. */
  isPrivate: (plan: TablePlan, column: ColumnPlan) => boolean;
  /** Undefined while nobody was forgotten. */
  isForgotten: ForgottenTest | undefined;
  /** Creation date before which settled records lose their personal data; undefined for none. */
  cutoff: string | undefined;
  /** Erases the e-mail addresses of people who were forgotten; undefined while nobody was. */
  eraseMentions: Eraser | undefined;
}

/**
 * Returns the masks of the settings and of the forgotten people; the cutoff counts only while the settings have one.
 */
export function masksOf(
  { privateColumns, keepFor }: PrivacySettings,
  { isForgotten, ...rest }: { isForgotten: ForgottenTest | undefined; cutoff: string | null },
): Masks {
  const cutoff = keepFor === undefined ? undefined : (rest.cutoff ?? undefined);
  return {
    isIdle: privateColumns.size === 0 && isForgotten === undefined && cutoff === undefined,
    cutoff,
    isPrivate: ({ name }, column) => privateColumns.has(`${name}.${column.name}`),
    isForgotten,
    eraseMentions: isForgotten && mentionEraser((email) => isForgotten('email', email)),
  };
}

/** Returns true for the row of a forgotten person. */
export function isOfForgotten({ cells }: Pick<Row, 'cells'>, { columns }: TablePlan, { isForgotten }: Masks): boolean {
  if (!isForgotten) return false;
  return columns.some(({ identifies, sqlType }, index) => {
    const cell = cells[index];
    if (!identifies || typeof cell !== 'string') return false;
    return sqlType === 'jsonb' ? isNamedIn(cell, identifies, isForgotten) : isForgotten(identifies, cell);
  });
}

/**
 * Returns true if an object or an address such as `/customers/7` names a forgotten person by its last part, or by an
 * e-mail address.
 */
const isNamedIn = (json: string, kind: IdentityKind, isForgotten: ForgottenTest) =>
  textsIn(parseJson(json)).some(
    (text) => isForgotten(kind, text.slice(text.lastIndexOf('/') + 1)) || isForgotten('email', text),
  );

/** Returns true for the row of a settled record that is too old to keep its personal data. */
export function isExpired(
  { cells }: Pick<Row, 'cells'>,
  { plan: { index }, entity: { expiry } }: { plan: TablePlan; entity: Pick<Entity, 'expiry'> },
  { cutoff }: Masks,
): boolean {
  if (cutoff === undefined || !expiry) return false;
  const { since = 'created_at', until, column = '', values = [] } = expiry;
  const cell = (name: string) => cells[index.get(name) ?? -1] ?? undefined;
  const isBefore = (at: string | undefined) => (microseconds(at) ?? Infinity) < (microseconds(cutoff) ?? 0);
  return isBefore(cell(since)) && (values.includes(cell(column) ?? '') || isBefore(cell(until)));
}
