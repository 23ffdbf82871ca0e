import type { ColumnPlan, TablePlan } from '../database/table-plan.ts';
import type { Entity } from '../model/entity.ts';
import { isObject, parseJson } from '../model/json.ts';
import {
  changeJson,
  eraserOf,
  eraseTexts,
  spelling,
  textsIn,
  withoutKeys,
  type Eraser,
  type KeyTest,
} from './erase.ts';
import { isExpired, isOfForgotten, type Masks } from './masks.ts';
import { mayMention } from './mentions.ts';
import { isPersonalKey } from './personal-key.ts';
import type { Cell, Row } from './rows.ts';

/** The parts of a row that are masked: its cells in the plan's column order, and the data without a column. */
export type MaskedRow = Pick<Row, 'cells' | 'extra'>;

/** The table of a row, and the wire names of its columns. */
export interface MaskTarget {
  plan: TablePlan;
  entity: Pick<Entity, 'aliases' | 'expiry'>;
}

/**
 * Empties the parts of a row that the masks hide: columns that are never stored; all personal columns of a forgotten
 * person, or of a settled record that is too old; and their values wherever the row repeats them. Masking a masked row
 * changes nothing.
 */
export function maskRow(row: MaskedRow, target: MaskTarget, masks: Masks): void {
  const { plan } = target;
  const isWhole = isOfForgotten(row, plan, masks) || isExpired(row, target, masks);
  const hidden = plan.columns.filter(
    (column) => masks.isPrivate(plan, column) || (isWhole && column.privacy === 'personal'),
  );
  if (hidden.length > 0) hideColumns(row, target, { hidden, isWhole, masks });
  const { eraseMentions: erase } = masks;
  // The address of the row's own person was compared as a whole.
  if (erase)
    changeTexts(row, plan, {
      erase,
      isConcerned: ({ identifies }, cell) => identifies !== 'email' && mayMention(cell),
    });
}

interface Hiding {
  hidden: readonly ColumnPlan[];
  /** True if nothing personal stays, under whatever key. */
  isWhole: boolean;
  masks: Masks;
}

function hideColumns(row: MaskedRow, { plan, entity }: MaskTarget, { hidden, isWhole, masks }: Hiding): void {
  const { cells } = row;
  const values: string[] = [];
  for (const column of hidden) {
    const index = plan.index.get(column.name) ?? -1;
    const cell = cells[index];
    if (typeof cell !== 'string') continue;
    const keeps = isWhole && column.privacy === 'personal' && !masks.isPrivate(plan, column) ? column.keeps : undefined;
    values.push(...valuesOf(column, cell, keeps));
    cells[index] = keeps ? emptied(cell, keeps) : null;
  }
  if (row.extra !== '{}') {
    const isHidden = hiddenKeys(hidden, entity, isWhole);
    row.extra = changeJson(row.extra, (extra) => withoutKeys(extra, isHidden, values));
  }
  if (isWhole) values.push(...personalValues(row, plan));
  changeTexts(row, plan, { erase: eraserOf(values, { words: isWhole }), isConcerned: isFree });
}

const valuesOf = (column: ColumnPlan, cell: string, keeps: readonly string[] = []) =>
  column.sqlType === 'jsonb' ? textsIn(parseJson(cell), keeps) : [cell];

/** Returns an object with all its keys, and the values of the kept ones. */
function emptied(cell: string, keeps: readonly string[]): Cell {
  const value = parseJson(cell);
  if (!isObject(value)) return null;
  return changeJson(cell, () =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keeps.includes(key) ? inner : null])),
  );
}

/** Returns a test for the keys of hidden columns, also in other spellings and under earlier names. */
export function hiddenKeys(
  columns: readonly ColumnPlan[],
  { aliases }: Pick<Entity, 'aliases'>,
  isWhole: boolean,
): KeyTest {
  const names = new Set(columns.map(({ name }) => name));
  const former = Object.keys(aliases).filter((alias) => names.has(aliases[alias] ?? ''));
  const hidden = new Set([...names, ...former].map(spelling));
  return (key) => hidden.has(spelling(key)) || (isWhole && isPersonalKey(key));
}

/** True for a column whose values may hold data that belongs elsewhere. */
const isFree = ({ privacy }: ColumnPlan) => privacy === 'free' || privacy === 'personal';

/** Returns the values in free maps under keys that name personal data. */
function personalValues({ cells }: MaskedRow, { columns }: TablePlan): string[] {
  const found: string[] = [];
  columns.forEach((column, index) => {
    const cell = cells[index];
    if (column.sqlType === 'jsonb' && column.privacy === 'free' && typeof cell === 'string')
      withoutKeys(parseJson(cell), isPersonalKey, found);
  });
  return found;
}

interface TextChange {
  erase: Eraser;
  isConcerned: (column: ColumnPlan, cell: string) => boolean;
}

function changeTexts(row: MaskedRow, { columns }: TablePlan, { erase, isConcerned }: TextChange): void {
  const { cells } = row;
  columns.forEach((column, index) => {
    const cell = cells[index];
    if (typeof cell !== 'string' || !isConcerned(column, cell)) return;
    if (column.sqlType === 'text') cells[index] = erase(cell);
    else if (column.sqlType === 'jsonb') cells[index] = changeJson(cell, (value) => eraseTexts(value, erase));
  });
  if (row.extra !== '{}') row.extra = changeJson(row.extra, (value) => eraseTexts(value, erase));
}
