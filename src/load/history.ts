import type { Entity, KeptStates } from '../model/entity.ts';
import { isImplausible } from '../database/clock.ts';
import { list, quote } from '../database/identifiers.ts';
import { planOf } from '../database/table-plan.ts';
import type { ColumnSet } from '../normalize/rows.ts';
import type { ProvenanceSql } from './changes.ts';
import { membersSql } from './set-members.ts';

/** Rows `w` whose states are added to the history. */
interface StateRows {
  entity: Entity;
  /** The `from` clause of `w`, with the condition under which its state is kept; has the columns of {@link keptOf}. */
  from: string;
  /** SQL that is true if the state has a newer version than the one before it, which dates it. */
  isDated: string;
  /** SQL that is true if a state dated in this way began with its version. */
  isExact: string;
  /** Returns the common table expression with a set's incoming members; undefined if the set did not come. */
  incoming?: (set: string) => string | undefined;
}

/** Parts of a writing statement that concern the history; empty for an entity without one. */
export interface HistoryParts {
  /** Columns of `changed`. */
  seen: string;
  /** Columns returned for inserted rows, and for updated ones. */
  inserted: string;
  updated: string;
  /** Common table expressions that add the states, and those that a webhook shows of rows that stay as they are. */
  entries: string;
  told: string;
}

/** The statement that {@link historyParts} extends. */
interface Writing {
  entity: Entity;
  columnSet: ColumnSet;
  names: readonly string[];
  by: ProvenanceSql;
  /** SQL of the incoming version in `i`; undefined if the payload has none. */
  versionAt: string | undefined;
  /** SQL that is true if the incoming row differs from the stored row `t`. */
  differs: string;
}

const setNames = ({ relations }: Entity) => Object.keys(relations).filter((name) => relations[name]?.kind === 'set');

/** Returns the SQL of a column of the table. */
type ColumnSql = (name: string) => string;

const columnIn =
  (alias: string): ColumnSql =>
  (name) =>
    `${alias}.${quote(name)}`;

/** Returns the columns of a history, without its own bookkeeping, each with its SQL. */
function keptColumns({ table, history }: Entity, sql: ColumnSql): [column: string, sql: string][] {
  const kept = (name: string): [string, string] => [name, sql(name)];
  if (!history) return [];
  const names = planOf(table).columns.map(({ name }) => name);
  if (!history.states) return [...names, 'deleted_at', 'extra'].filter((name) => name !== 'id').map(kept);
  const { columns, flags } = history.states;
  const flagged = Object.entries(flags).map(([flag, paths]): [string, string] => [flag, anyOf(paths, sql)]);
  return [...columns.map(kept), ...flagged];
}

/**
 * Returns SQL that is true if any of the paths has a value: columns, or keys of a column's object, as in
 * `address.city`.
 */
function anyOf(paths: readonly string[], sql: ColumnSql): string {
  const values = paths.map((path) => {
    const [column = '', key] = path.split('.');
    return `${sql(column)}${key === undefined ? '' : ` ->> '${key}'`} is not null`;
  });
  return `(${values.join(' or ')})`;
}

const selected = (entity: Entity, sql: ColumnSql): string =>
  keptColumns(entity, sql)
    .map(([column, value]) => `, ${value} as ${quote(column)}`)
    .join('');

/**
 * Returns the columns that a statement returns for the history of the rows in `alias`, after their id, version and
 * observation.
 */
export const keptOf = (entity: Entity, alias: string): string => selected(entity, columnIn(alias));

/**
 * Returns common table expressions that add the states of rows to the history of their entity; empty if it has none.
 */
export function historyEntry(
  name: string,
  { entity, from, isDated, isExact, incoming }: StateRows,
  by: ProvenanceSql,
): string {
  const { history } = entity;
  if (!history) return '';
  const kept = keptColumns(entity, columnIn('w')).map(([column]) => column);
  const sets = history.states ? [] : setNames(entity);
  const members = sets.map((set) => membersSql(entity.relations[set], incoming?.(set), 'w.id'));
  const dated = `(${isDated}) and not ${isImplausible('w.version_at')}`;
  const stamps = `case when ${dated} then w.version_at else w.observed_at end, coalesce(${dated} and ${isExact}, false), w.observed_at`;
  return `,
${name} as (
  insert into ${planOf(history.table).sqlName} (${list([history.states?.key ?? 'id', 'account', 'via', 'valid_from', 'is_exact', 'observed_at', ...kept, ...sets])})
  select ${['w.id', by.account, by.via, stamps, ...kept.map((column) => `w.${quote(column)}`), ...members].join(', ')}
  from ${from}
)`;
}

/** Returns the history parts of a statement that writes a column set. */
export function historyParts(writing: Writing): HistoryParts {
  const { entity, columnSet, by, differs } = writing;
  if (!entity.history) return { seen: '', inserted: '', updated: '', entries: '', told: '' };
  const { states } = entity.history;
  // An event is about its own record, not about those nested in it.
  const isEvent = columnSet.alive ? `${by.via} = 'webhook'` : 'false';
  const written: StateRows = {
    entity,
    from: 'written w where w.is_state',
    isDated: 'w.version_at is not null and (w.stored_version_at is null or w.version_at > w.stored_version_at)',
    isExact: planOf(entity.table).index.has('modified_at')
      ? `(${isEvent} or (w.inserted and w.modified_at is null))`
      : isEvent,
    incoming: (set) => (columnSet.sets.includes(set) ? `s${columnSet.sets.indexOf(set)}` : undefined),
  };
  const kept = keptOf(entity, 't');
  return {
    seen: `, t.version_at as stored_version_at, (${states ? changesState(writing) : differs}) as is_state`,
    inserted: `, null::timestamptz as stored_version_at, ${states ? beginsState(states, by) : 'true'} as is_state${kept}`,
    updated: `, i.stored_version_at, i.is_state${kept}`,
    entries: historyEntry('states', written, by),
    told: states && columnSet.alive ? toldStates(states, writing) : '',
  };
}

/**
 * Returns the SQL of a column as it will be once the incoming row is stored; columns that the payload lacks keep their
 * value.
 */
const afterwards =
  (names: readonly string[]): ColumnSql =>
  (name) =>
    columnIn(names.includes(name) ? 'i' : 't')(name);

/** Returns SQL that is true if a kept column changes. */
function changesState({ entity, names }: Writing): string {
  const values = (of: ColumnSql) =>
    keptColumns(entity, of)
      .map(([, value]) => value)
      .join(', ');
  return `(${values(afterwards(names))}) is distinct from (${values(columnIn('t'))})`;
}

/** Returns SQL that is true for new rows that can still change, or that an event is about. */
function beginsState({ settled }: KeptStates, by: ProvenanceSql): string {
  const isSettled = `t.${quote(settled.column)} = any('{${settled.values.join(',')}}')`;
  const isPast = `t.${quote(settled.until)} < now() - interval '${settled.grace}'`;
  return `(${by.via} = 'webhook' or (${isSettled} or ${isPast}) is not true)`;
}

/**
 * Returns SQL that adds the state of a webhook that arrives after a newer state, or after a page with the same one: it
 * shows when that state began.
 */
function toldStates({ key }: KeptStates, { entity, names, by, versionAt }: Writing): string {
  const { history, table } = entity;
  if (!history || versionAt === undefined) return '';
  const isKnown = `exists (select from ${planOf(history.table).sqlName} h where h.${quote(key)} = i.id and h.valid_from = ${versionAt} and h.is_exact)`;
  return `,
told as (
  select i.id, ${versionAt} as version_at, i.observed_at${selected(entity, afterwards(names))}
  from i cross join lateral (select * from ${planOf(table).sqlName} t where t.id = i.id offset 0) t
  where ${by.via} = 'webhook' and t.account = ${by.account} and ${versionAt} <= t.version_at and not ${isKnown}
)${historyEntry('told_states', { entity, from: 'told w', isDated: 'true', isExact: 'true' }, by)}`;
}
