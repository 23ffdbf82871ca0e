import type { Nest, Unlisted } from '../stream.ts';
import type { Bucket, Shape } from './rows.ts';
import { planOf, type TablePlan } from './table-plan.ts';

/** The statement that writes one shape of rows with their sets; its parameters are arrays, one a column. */
export interface Statement {
  text: string;
  name: string | undefined;
}

/** More shapes than this come from broken data: they are not worth a prepared statement each. */
const PREPARED_SHAPES = 64;

const statements = new Map<string, Map<string, Statement>>();
let prepared = 0;

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const list = (names: readonly string[], prefix = '') => names.map((name) => prefix + quote(name)).join(', ');

/** The statement for a shape of a bucket's rows, built from Drizzle's metadata once. */
export function statementFor(bucket: Bucket, shapeKey: string, shape: Shape): Statement {
  const known = statements.get(bucket.plan.name) ?? new Map<string, Statement>();
  statements.set(bucket.plan.name, known);
  let statement = known.get(shapeKey);
  if (!statement) {
    const named = known.size < PREPARED_SHAPES;
    statement = { text: build(bucket, shape), name: named ? `checkout_sync_${(prepared += 1)}` : undefined };
    if (named) known.set(shapeKey, statement);
  }
  return statement;
}

/**
 * Finds the rows that are new, or newer and different, before anything is locked; inserts or updates those under the
 * same guard, and replaces their sets. Answers how many rows were inserted and updated.
 */
function build({ plan, entity }: Bucket, shape: Shape): string {
  const columns = shape.columns.flatMap((index) => plan.columns[index] ?? []);
  const names = columns.map((column) => column.name);
  const parameter = parameters();
  const incoming = [
    ...columns.map((column) => parameter(column.sqlType)),
    parameter('timestamptz'),
    parameter('jsonb'),
  ];
  const key = quote(plan.key[0] ?? '');
  const parts = shape.sets.map((set, at) => setParts(entity.nests[set], at, parameter));
  const differs = [
    ...(shape.alive ? ['t.deleted_at is not null'] : []),
    `(t.extra - ${carried(shape, names, entity.nests)}) || i.extra is distinct from t.extra`,
    ...names.filter((name) => name !== plan.key[0]).map((name) => `i.${quote(name)} is distinct from t.${quote(name)}`),
    ...parts.map((_, at) => `exists (select from d${at} d where d.id = i.${key})`),
  ];
  const written = [...names, 'observed_at', 'extra'];
  return `with i as (select * from unnest(${incoming.join(', ')}) as i(${list(written)})),
${parts.map((part) => part.different).join('')}changed as materialized (
  select i.* from i left join ${plan.sqlName} t on t.${key} = i.${key}
  where t.${key} is null or (${guard('i', plan, names)} and (${differs.join('\n    or ')}))
),
written as (
  insert into ${plan.sqlName} as t (${list(written)}) select ${list(written)} from changed order by ${key}
  on conflict (${key}) do update set ${names
    .filter((name) => name !== plan.key[0])
    .map((name) => `${quote(name)} = excluded.${quote(name)}, `)
    .join('')}observed_at = excluded.observed_at, ${shape.alive ? 'deleted_at = null, ' : ''}
    extra = (t.extra - ${carried(shape, names, entity.nests)}) || excluded.extra
  where ${guard('excluded', plan, names)}
  returning t.${key} as id, t.observed_at, (xmax = 0) as inserted
)${parts.map((part) => part.replace).join('')}
select count(*) filter (where inserted)::int as inserted, count(*) filter (where not inserted)::int as updated from written`;
}

function parameters(): (sqlType: string) => string {
  let count = 0;
  return (sqlType) => `$${(count += 1)}::${sqlType}[]`;
}

/** Keys the payload speaks of: what `extra` held under them before no longer stands. */
function carried(shape: Shape, names: readonly string[], nests: Readonly<Record<string, Nest>>): string {
  const single = Object.keys(nests).filter((name) => nests[name]?.kind === 'one');
  return `'{${[...names, ...shape.sets, ...single].join(',')}}'::text[]`;
}

/** True when the state in `alias` may replace the stored one: newer, or of the same version and observed no earlier. */
function guard(alias: string, plan: TablePlan, names: readonly string[]): string {
  const observed = `${alias}.observed_at >= t.observed_at`;
  const stamps = plan.index.has('modified_at') && !names.includes('modified_at') ? [] : ['modified_at', 'created_at'];
  const version = stamps.filter((name) => names.includes(name)).map((name) => `${alias}.${name}`);
  if (version.length === 0) return observed;
  const versionAt = `coalesce(${version.join(', ')})`;
  return `(case when ${versionAt} is null or t.version_at is null then ${observed}
      else (${versionAt}, ${alias}.observed_at) >= (t.version_at, t.observed_at) end)`;
}

interface SetParts {
  /** Finds the parents whose stored set is another. */
  different: string;
  /** Makes the stored set of written parents the incoming one. */
  replace: string;
}

function setParts(nest: Nest | undefined, at: number, parameter: (sqlType: string) => string): SetParts {
  if (nest?.kind === 'set') return joinParts(planOf(nest.into), at, parameter);
  if (nest?.kind === 'owned') return ownedParts(nest, at, parameter);
  throw new Error('a single nested object is not a set');
}

function joinParts(plan: TablePlan, at: number, parameter: (sqlType: string) => string): SetParts {
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
  return {
    different: `s${at} as materialized (select * from unnest(${values.join(', ')}) as s(${list(names)})),
d${at} as materialized (
  select coalesce(s.${parent}, o.${parent}) as id
  from s${at} s full join (select o.* from ${plan.sqlName} o where o.${parent} = any($1)) o
    on o.${parent} = s.${parent} and o.${child} = s.${child}
  where s.${parent} is null or o.${parent} is null or ${differ('s.', 'o.')}
),
`,
    replace: `,
r${at} as (
  delete from ${plan.sqlName} o using written w where o.${parent} = w.id
    and not exists (select from s${at} s where s.${parent} = o.${parent} and s.${child} = o.${child})
),
p${at} as (
  insert into ${plan.sqlName} as o (${list(names)}) select ${list(names, 's.')} from s${at} s join written w on w.id = s.${parent}
  on conflict (${parent}, ${child}) ${update}
)`,
  };
}

/** Owned rows have their own table: those that the parent no longer lists are deleted, or marked. */
function ownedParts(nest: Nest & { kind: 'owned' }, at: number, parameter: (sqlType: string) => string): SetParts {
  const plan = planOf(nest.entity.table);
  const [key, by] = [quote(plan.key[0] ?? ''), quote(nest.by)];
  const unlisted = `${subject(nest.unlisted)}not exists (select from s${at} s where s.id = o.${key})`;
  const target = `o.${by} = w.id and o.observed_at <= w.observed_at and ${unlisted}`;
  return {
    different: `s${at} as materialized (select * from unnest(${parameter(plan.columns[0]?.sqlType ?? 'text')}) as s(id)),
d${at} as materialized (
  select i.id from i join ${plan.sqlName} o on o.${by} = i.id and o.observed_at <= i.observed_at where ${unlisted}
),
`,
    replace:
      nest.unlisted === 'delete'
        ? `,
r${at} as (delete from ${plan.sqlName} o using written w where ${target})`
        : `,
r${at} as (
  update ${plan.sqlName} o set ${quote(nest.unlisted.mark)} = true, observed_at = w.observed_at from written w where ${target}
)`,
  };
}

/** Which owned rows an absence concerns: those not marked already, and not exempt. */
function subject(unlisted: Unlisted): string {
  if (unlisted === 'delete') return '';
  const { mark, unless } = unlisted;
  return `o.${quote(mark)} is not true and o.${quote(unless.column)} is distinct from '${unless.value}' and `;
}
