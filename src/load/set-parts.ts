import type { Entity, Relation, OnRemoved } from '../model/entity.ts';
import { isAhead } from '../database/clock.ts';
import { list, quote } from '../database/identifiers.ts';
import { planOf } from '../database/table-plan.ts';
import type { WrittenRows } from './changes.ts';
import { keptOf } from './history.ts';
import { membersSql } from './set-members.ts';

/** Parts of a statement that concern one set of the rows it writes or compares. */
export interface SetParts {
  /** The incoming set, as `s0`, `s1`, …. */
  listing: string;
  /** Finds the parents whose stored set differs. */
  different: string;
  /** Adds the set of inserted parents, which have no members yet. */
  fill: string;
  /** Replaces the stored set of updated parents with the incoming one; for owned rows, that of all written parents. */
  replace: string;
  /** Owned rows that this deletes or marks; empty for the members of a join table, which their parent stands for. */
  removed: readonly EntityRows[];
  /** A parent's incoming set and its stored set; for owned rows, the stored ones that did not come. */
  both: string;
}

/** Rows of an entity that a statement writes. */
export type EntityRows = WrittenRows & { entity: Entity };

/** Adds a parameter, an array of this type, to the statement. Returns its placeholder. */
export type Parameter = (sqlType: string) => string;

/** Adds a parameter that is a single value. Returns its placeholder. */
export const scalar = (parameter: Parameter, sqlType: string) => parameter(sqlType).slice(0, -'[]'.length);

interface SetOptions {
  /** Index among the sets of the column set, which is part of the names. */
  at: number;
  parameter: Parameter;
  parentId: string;
  /** True if the parent nests in another record, and may list only part of the set. */
  isPartial: boolean;
  /** Placeholder of the account that writes. */
  account: string;
}

/** Returns the parts of a statement for one set; empty for anything but sets and owned rows. */
export function setParts(relation: Relation | undefined, options: SetOptions): SetParts {
  if (relation?.kind === 'set') return joinParts(relation, options);
  if (relation?.kind === 'owned') return ownedParts(relation, options);
  throw new Error('a single nested object is not a set');
}

function joinParts(
  relation: Relation & { kind: 'set' },
  { at, parameter, parentId, isPartial, account }: SetOptions,
): SetParts {
  const plan = planOf(relation.into);
  const names = plan.columns.map((column) => column.name);
  const [parent, child] = [quote(plan.key[0] ?? ''), quote(plan.key[1] ?? '')];
  const others = names.filter((name) => !plan.key.includes(name));
  const values = plan.columns.map((column) => parameter(column.sqlType));
  const differ = (mine: string, theirs: string) =>
    others.length > 0 ? `(${list(others, mine)}) is distinct from (${list(others, theirs)})` : 'false';
  const update =
    others.length > 0
      ? `do update set ${others.map((name) => `${quote(name)} = excluded.${quote(name)}`).join(', ')}
  where ${differ('o.', 'excluded.')}`
      : 'do nothing';
  const incoming = `unnest(${values.join(', ')})`;
  const members = (parents: string) =>
    `insert into ${plan.sqlName} as o (${list(names)}, account) select ${list(names, 's.')}, ${account} from s${at} s join ${parents} w on w.id = s.${parent}`;
  const listing = `s${at} as materialized (select * from ${incoming} as s(${list(names)})),
`;
  return {
    listing,
    different: `${isPartial && relation.listed ? completed(relation, at, incoming) : listing}d${at} as materialized (
  select coalesce(s.${parent}, o.${parent}) as id
  from s${at} s full join (select o.* from ${plan.sqlName} o where o.${parent} = any($1)) o
    on o.${parent} = s.${parent} and o.${child} = s.${child}
  where s.${parent} is null or o.${parent} is null or ${differ('s.', 'o.')}
),
`,
    fill: `,
f${at} as (${members('inserted')})`,
    replace: `,
r${at} as (
  delete from ${plan.sqlName} o where o.${parent} = any(array(select w.id from updated w))
    and (o.${parent}, o.${child}) not in (select s.${parent}, s.${child} from s${at} s)
),
p${at} as (
  ${members('updated')}
  on conflict (${parent}, ${child}) ${update}
)`,
    removed: [],
    both: `jsonb_build_array(${membersSql(relation, `s${at}`, parentId)}, ${membersSql(relation, undefined, parentId)})`,
  };
}

/**
 * Returns a list that shows part of a set, completed by the stored members that it cannot show. Those keep their
 * positions, and the listed members fill the others in order.
 */
function completed({ into, entity, listed }: Relation & { kind: 'set' }, at: number, incoming: string): string {
  const { sqlName, columns, key } = planOf(into);
  const names = columns.map((column) => column.name);
  const [parent, child] = [quote(key[0] ?? ''), quote(key[1] ?? '')];
  const shown = names.map((name) =>
    name === 'position' ? `n.position + ${before(at, parent)} as position` : `n.${quote(name)}`,
  );
  return `n${at} as materialized (select * from ${incoming} as n(${list(names)})),
h${at} as materialized (
  select o.*, o.position - row_number() over (partition by o.${parent} order by o.position, o.${child}) + 1 as earlier
  from ${sqlName} o cross join lateral (select * from ${entity ? planOf(entity.table).sqlName : ''} m where m.id = o.${child} offset 0) m
  where o.${parent} = any($1) and m.${quote(listed?.column ?? '')} <> '${listed?.value}' and m.deleted_at is null
    and not exists (select from n${at} n where n.${parent} = o.${parent} and n.${child} = o.${child})
),
s${at} as materialized (
  select ${shown.join(', ')} from n${at} n union all select ${list(names, 'h.')} from h${at} h
),
`;
}

/** Returns SQL that counts the hidden members before a listed one. */
const before = (at: number, parent: string) =>
  `(select count(*)::int from h${at} h where h.${parent} = n.${parent} and h.earlier <= n.position)`;

/**
 * Returns the parts for owned rows, which have a table of their own: rows that the parent no longer lists are deleted
 * or marked.
 */
function ownedParts(relation: Relation & { kind: 'owned' }, { at, parameter, parentId }: SetOptions): SetParts {
  const plan = planOf(relation.entity.table);
  const [key, by] = [quote(plan.key[0] ?? ''), quote(relation.by)];
  const onRemoved = `${subject(relation.onRemoved)}not exists (select from s${at} s where s.id = o.${key})`;
  const notLaterThan = (parent: string) => `(o.observed_at <= ${parent}.observed_at or ${isAhead('o.observed_at')})`;
  const target = `o.${by} = any(array(select p.id from written p)) and o.${by} = w.id and ${notLaterThan('w')} and ${onRemoved}`;
  const remove =
    relation.onRemoved === 'delete'
      ? `delete from ${plan.sqlName} o using written w`
      : `update ${plan.sqlName} o set ${quote(relation.onRemoved.mark)} = true, observed_at = w.observed_at from written w`;
  const listing = `s${at} as materialized (select * from unnest(${parameter(plan.columns[0]?.sqlType ?? 'text')}) as s(id)),
`;
  return {
    listing,
    fill: '',
    different: `${listing}d${at} as materialized (
  select i.id from i join ${plan.sqlName} o on o.${by} = i.id and ${notLaterThan('i')} where o.${by} = any($1) and ${onRemoved}
),
`,
    replace: `,
r${at} as (
  ${remove} where ${target} returning o.${key} as id, o.version_at, w.observed_at${keptOf(relation.entity, 'o')}
)`,
    removed: [{ entity: relation.entity, plan, from: `r${at}`, op: relation.onRemoved === 'delete' ? "'d'" : "'u'" }],
    both: `(select jsonb_build_array('[]'::jsonb, jsonb_agg(o.${key} order by o.${key})) from ${plan.sqlName} o
      where o.${by} = ${parentId} and ${notLaterThan('i')} and ${onRemoved})`,
  };
}

/** Returns an SQL condition on the owned rows that an absence affects: not yet marked, and not exempt. */
function subject(onRemoved: OnRemoved): string {
  if (onRemoved === 'delete') return '';
  const { mark, unless } = onRemoved;
  return `o.${quote(mark)} is not true and o.${quote(unless.column)} is distinct from '${unless.value}' and `;
}
