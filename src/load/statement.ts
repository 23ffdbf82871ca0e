import type { Entity, Relation } from '../model/entity.ts';
import { isAhead, isImplausible } from '../database/clock.ts';
import { quote } from '../database/identifiers.ts';
import type { TableBatch, ColumnSet } from '../normalize/rows.ts';
import { feedInsert, type ProvenanceSql } from './changes.ts';
import { historyEntry, historyParts, keptOf } from './history.ts';
import { incompleteIf } from './commit-along.ts';
import { buildInsertion } from './insertion.ts';
import { scalar, type EntityRows } from './set-parts.ts';
import { insertedRows, partsOf, writtenRows, type StatementParts } from './statement-parts.ts';
import { planOf, type TablePlan } from '../database/table-plan.ts';

/** The statement that writes one column set of rows with their sets; its parameters are arrays, one per column. */
export interface Statement {
  text: string;
  name: string | undefined;
}

/** Column sets with a prepared statement; more than this come from broken data, and are not worth one each. */
const PREPARED_SETS = 64;

const statements = new Map<string, Statement>();
const columnSets = new Map<string, number>();

/** Returns the statement that writes a column set of a table's rows, built from Drizzle's metadata once. */
export const writingOf = (batch: TableBatch, columnsKey: string, columnSet: ColumnSet) =>
  statementFor({ purpose: 'write', build: buildWriting }, batch, columnsKey, columnSet);

/** Returns the statement that inserts the new rows of a column set; it takes the same parameters. */
export const insertionOf = (batch: TableBatch, columnsKey: string, columnSet: ColumnSet) =>
  statementFor({ purpose: 'insert', build: buildInsertion }, batch, columnsKey, columnSet);

/** Returns the statement that compares a column set of a table's rows with the stored ones, and changes nothing. */
export const comparisonOf = (batch: TableBatch, columnsKey: string, columnSet: ColumnSet) =>
  statementFor({ purpose: 'compare', build: buildComparison }, batch, columnsKey, columnSet);

interface StatementKind {
  purpose: string;
  build: (batch: TableBatch, columnSet: ColumnSet) => string;
}

function statementFor(
  { purpose, build }: StatementKind,
  batch: TableBatch,
  columnsKey: string,
  columnSet: ColumnSet,
): Statement {
  const key = `${purpose} ${batch.plan.name} ${columnsKey}`;
  let statement = statements.get(key);
  if (!statement) {
    const table = `${purpose} ${batch.plan.name}`;
    const known = columnSets.get(table) ?? 0;
    const named = known < PREPARED_SETS;
    statement = { text: build(batch, columnSet), name: named ? `checkout_sync_${statements.size}` : undefined };
    if (named) statements.set(key, statement);
    columnSets.set(table, known + 1);
  }
  return statement;
}

/**
 * Returns SQL that finds the rows that are new, or newer and different, before anything is locked, inserts or updates
 * them under the same guard, and replaces their sets. The statement returns the number of rows inserted and updated,
 * the number that were to be written, and how many of those had been observed in the future, which are corrected even
 * if nothing else differs. Rows of another account are left alone; `owner` names one. Written rows are entered into the
 * change feed.
 */
function buildWriting({ plan, entity }: TableBatch, columnSet: ColumnSet): string {
  const both = partsOf(plan, entity, columnSet);
  const { names, key, parts, account, incoming, parameter } = both;
  const filled = columnSet.alive ? '' : filledRows(entity, names, account);
  const by = { account, via: scalar(parameter, 'text'), runId: scalar(parameter, 'bigint') };
  const implied = columnSet.alive ? [] : Object.entries(entity.implied).filter(([name]) => !names.includes(name));
  const versionAt = versionOf('i', plan, names);
  const { isOther, isState } = writtenConditions(entity, columnSet, both, implied);
  const others: EntityRows[] = [
    ...(filled ? [{ entity, plan, from: 'filled', op: "'u'" }] : []),
    ...parts.flatMap((part) => part.removed),
  ];
  const history = historyParts({ entity, columnSet, names, by, versionAt, differs: isState });
  return `${incoming}${parts.map((part) => part.different).join('')}changed as materialized (
  select i.*, t.account as owner, t.deleted_at is not null as was_deleted, ${isAhead('t.observed_at')} as was_ahead${history.seen} from i ${storedRow(plan, key)}
  where t.${key} is null or t.account <> ${account} or (${guard('i', plan, names)} and (${isAhead('t.observed_at')} or ${isOther}))
),
${insertedRows(both, 'changed\n  where owner is null', history.inserted)},
updated as (
  update ${plan.sqlName} t set ${names
    .filter((name) => name !== plan.key[0])
    .map((name) => `${quote(name)} = ${valueAfter('i', name, columnSet, entity)}, `)
    .join('')}${implied
    .map(([name, value]) => `${quote(name)} = case when t.${quote(name)} is not null then '${value}' end, `)
    .join('')}observed_at = i.observed_at, ${columnSet.alive ? 'deleted_at = null, ' : ''}
    extra = ${extraAfter('i', columnSet, names, entity.relations)}
  from changed i where i.owner is not null and t.${key} = i.${key} and t.account = ${account} and ${guard('i', plan, names)}
    and t.${key} = any(array(select c.${key} from changed c where c.owner is not null))
  returning t.${key} as id, t.version_at, t.observed_at, false as inserted, i.was_deleted${history.updated}
),
written as (select * from inserted union all select * from updated)${filled}${parts.map((part) => part.fill + part.replace).join('')},
feed as (
  ${feedInsert([writtenRows(plan, columnSet), ...others], by)}
)${history.entries}${history.told}${others.map((rows) => otherStates(rows, by)).join('')}
select count(*) filter (where inserted)::int as inserted, count(*) filter (where not inserted)::int as updated,
  (select count(*)::int from changed) as changed, (select count(*)::int from changed where was_ahead) as skewed,
  (select min(owner) from changed where owner <> ${account}) as owner, ${incompleteIf('(select count(*) from changed) <> count(*)')} from written`;
}

/**
 * Returns SQL that is true for incoming rows `i` that differ from the stored ones `t`: `isOther` in anything that is to
 * be written, `isState` in what the history of the row itself keeps. Owned rows have a history of their own.
 */
function writtenConditions(
  entity: Entity,
  columnSet: ColumnSet,
  { plan, names, key }: StatementParts,
  implied: readonly [name: string, value: string][],
): { isOther: string; isState: string } {
  const columns = [
    ...(columnSet.alive ? ['t.deleted_at is not null'] : []),
    `${extraAfter('i', columnSet, names, entity.relations)} is distinct from t.extra`,
    ...names
      .filter((name) => name !== plan.key[0])
      .map((name) => `${valueAfter('i', name, columnSet, entity)} is distinct from t.${quote(name)}`),
    ...implied.map(([name, value]) => `t.${quote(name)} <> '${value}'`),
  ];
  const sets = columnSet.sets.map((set, at) => ({
    sql: `exists (select from d${at} d where d.id = i.${key})`,
    isOwned: entity.relations[set]?.kind === 'owned',
  }));
  const any = (found: typeof sets) => `(${[...columns, ...found.map(({ sql }) => sql)].join('\n    or ')})`;
  return { isOther: any(sets), isState: any(sets.filter(({ isOwned }) => !isOwned)) };
}

/**
 * Returns SQL that fills columns that only some payloads have from a nested record, which was observed before the
 * stored state and is of the same version. Empty for payloads without such columns, such as sessions, which make up
 * most of a backfill.
 */
function filledRows(entity: Entity, names: readonly string[], account: string): string {
  const plan = planOf(entity.table);
  const key = quote(plan.key[0] ?? '');
  const columns = names.filter((name) => entity.sparse.has(name)).map(quote);
  if (columns.length === 0) return '';
  const isNew = columns.map((column) => `(t.${column} is null and i.${column} is not null)`);
  const versionAt = versionOf('i', plan, names);
  return `,
filled as (
  update ${plan.sqlName} t set ${columns.map((column) => `${column} = coalesce(t.${column}, i.${column})`).join(', ')} from i
  where t.${key} = any($1) and t.${key} = i.${key} and t.account = ${account} and i.observed_at < t.observed_at and (${isNew.join(' or ')})
    and (t.version_at is null${versionAt === undefined ? '' : ` or t.version_at = ${versionAt}`})
    and not exists (select from changed c where c.${key} = i.${key})
  returning t.${key} as id, t.version_at, t.observed_at${keptOf(entity, 't')}
)`;
}

/**
 * Returns SQL that adds the states of the other rows that the statement writes: filled ones are of a known version,
 * marked ones have none.
 */
const otherStates = ({ entity, from, op }: EntityRows, by: ProvenanceSql) =>
  op === "'d'"
    ? ''
    : historyEntry(
        `${from}_states`,
        { entity, from: `${from} w`, isDated: String(from === 'filled'), isExact: 'false' },
        by,
      );

/** Joins the stored row of each incoming row as `t`; `offset 0` keeps any plan from reading the whole table for it. */
const storedRow = ({ sqlName }: TablePlan, key: string, more = '') =>
  `left join lateral (select * from ${sqlName} t where t.${key} = i.${key}${more} offset 0) t on true`;

/**
 * Returns SQL that finds the rows not stored, or not as they came: `columns` and `sets` hold the differences, as pairs
 * of the incoming and the stored value.
 */
function buildComparison({ plan, entity }: TableBatch, columnSet: ColumnSet): string {
  const { names, key, parts, account, incoming } = partsOf(plan, entity, columnSet);
  const values = [
    ...names.map((name) => [name, valueAfter('i', name, columnSet, entity), `t.${quote(name)}`]),
    ['extra', extraAfter('i', columnSet, names, entity.relations), 't.extra'],
    ...(columnSet.alive ? [['deleted_at', 'null::timestamptz', 't.deleted_at']] : []),
  ];
  const differs = values.map(([, source, stored]) => `${source} is distinct from ${stored}`);
  const pairs = values.map(([name, source, stored]) => `('${name}', to_jsonb(${source}), to_jsonb(${stored}))`);
  const sets = parts.map(
    (part, at) => `('${columnSet.sets[at]}', exists (select from d${at} d where d.id = i.${key}), ${part.both})`,
  );
  const versionAt = versionOf('i', plan, names) ?? 'null::timestamptz';
  return `${incoming}${parts.map((part) => part.different).join('')}compared as materialized (
  select i.${key}::text as id, t.${key} is null as missing, ${versionAt} as version_at, t.version_at as stored_version_at,
    case when t.${key} is not null and (${differs.join(' or ')}) then (
      select jsonb_object_agg(v.name, jsonb_build_array(v.source, v.stored)) from (values ${pairs.join(', ')}) v(name, source, stored)
      where v.source is distinct from v.stored) end as columns,
    ${sets.length > 0 ? `(select jsonb_object_agg(v.name, v.pair) from (values ${sets.join(', ')}) v(name, differs, pair) where v.differs)` : 'null::jsonb'} as sets
  from i ${storedRow(plan, key, ` and t.account = ${account}`)}
)
select id, missing, (extract(epoch from version_at) * 1000000)::bigint::text as version,
  stored_version_at is null or version_at > stored_version_at as newer, columns::text, sets::text
from compared where missing or columns is not null or sets is not null order by id`;
}

/**
 * Returns `extra` as it will be once the state in `alias` is stored. A record itself is complete. A nested one may be a
 * part: it replaces `extra` only under the keys that its payload has.
 */
function extraAfter(
  alias: string,
  { alive, sets }: ColumnSet,
  names: readonly string[],
  relations: Readonly<Record<string, Relation>>,
): string {
  if (alive) return `${alias}.extra`;
  const single = Object.keys(relations).filter((name) => relations[name]?.kind === 'one');
  return `(t.extra - '{${[...names, ...sets, ...single].join(',')}}'::text[]) || ${alias}.extra`;
}

/** Returns a column as it will be once the state in `alias` is stored; an object of a nested record may be a part. */
function valueAfter(alias: string, name: string, { alive }: ColumnSet, { partial }: Entity): string {
  const value = `${alias}.${quote(name)}`;
  if (alive || !partial.has(name)) return value;
  const stored = `t.${quote(name)}`;
  return `case when jsonb_typeof(${value}) = 'object' and jsonb_typeof(${stored}) = 'object' then ${stored} || ${value} else ${value} end`;
}

/**
 * Returns SQL that is true if the state in `alias` may replace the stored one: it is newer, or of the same version and
 * observed no earlier. A stored state from the future is not newer than anything.
 */
function guard(alias: string, plan: TablePlan, names: readonly string[]): string {
  const observed = `(${alias}.observed_at >= t.observed_at or ${isAhead('t.observed_at')})`;
  const versionAt = versionOf(alias, plan, names);
  if (versionAt === undefined) return observed;
  return `(case when ${versionAt} is null or t.version_at is null or ${isImplausible('t.version_at')} then ${observed}
      else ${versionAt} > t.version_at or (${versionAt} = t.version_at and ${observed}) end)`;
}

/** Returns the version of the state in `alias`; undefined if the payload does not have it. */
function versionOf(alias: string, plan: TablePlan, names: readonly string[]): string | undefined {
  const stamps = plan.index.has('modified_at') && !names.includes('modified_at') ? [] : ['modified_at', 'created_at'];
  const version = stamps.filter((name) => names.includes(name)).map((name) => `${alias}.${name}`);
  return version.length === 0 ? undefined : `coalesce(${version.join(', ')})`;
}
