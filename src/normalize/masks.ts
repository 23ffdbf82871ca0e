import type { ColumnPlan, TablePlan } from '../database/table-plan.ts';
import type { Entity } from '../model/entity.ts';
import { microseconds } from '../model/instant.ts';
import { parseJson } from '../model/json.ts';
import type { IdentityKind, PrivacySettings } from '../model/privacy.ts';
import { textsIn, type Eraser } from './erase.ts';
import { mentionEraser } from './mentions.ts';
import type { Row } from './rows.ts';

/** Tells whether somebody who is known by this value was forgotten. */
export type ForgottenTest = (kind: IdentityKind, value: string) => boolean;

/** What is hidden of an account's records before they become rows. */
export interface Masks {
  /** True where nothing is hidden. */
  isIdle: boolean;
  /** True for a column that is never stored. */
  isPrivate: (plan: TablePlan, column: ColumnPlan) => boolean;
  /** Undefined while nobody was forgotten. */
  isForgotten: ForgottenTest | undefined;
  /** The creation date before which settled records lose their personal data; undefined for none. */
  cutoff: string | undefined;
  /** Erases the e-mail addresses of people who were forgotten; undefined while nobody was. */
  eraseMentions: Eraser | undefined;
}

/** Returns the masks that settings make, and what was forgotten; the cutoff counts while the settings have one. */
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

/** True for the row of somebody who was forgotten. */
export function isOfForgotten({ cells }: Pick<Row, 'cells'>, { columns }: TablePlan, { isForgotten }: Masks): boolean {
  if (!isForgotten) return false;
  return columns.some(({ identifies, sqlType }, index) => {
    const cell = cells[index];
    if (!identifies || typeof cell !== 'string') return false;
    return sqlType === 'jsonb' ? isNamedIn(cell, identifies, isForgotten) : isForgotten(identifies, cell);
  });
}

/** An object, or an address such as `/customers/7`, names somebody by what it ends with, or by an e-mail address. */
const isNamedIn = (json: string, kind: IdentityKind, isForgotten: ForgottenTest) =>
  textsIn(parseJson(json)).some(
    (text) => isForgotten(kind, text.slice(text.lastIndexOf('/') + 1)) || isForgotten('email', text),
  );

/** True for the row of a record that is too old, and settled, so that its personal data is not kept. */
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
