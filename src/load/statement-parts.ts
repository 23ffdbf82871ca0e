import { notAhead } from '../database/clock.ts';
import { list, quote } from '../database/identifiers.ts';
import type { TablePlan } from '../database/table-plan.ts';
import type { Entity } from '../model/entity.ts';
import type { ColumnSet } from '../normalize/rows.ts';
import type { WrittenRows } from './changes.ts';
import { scalar, setParts, type Parameter } from './set-parts.ts';

/**
 * Parts of the statements about one column set: `i` are the incoming rows, and all statements take the same parameters.
 */
export type StatementParts = ReturnType<typeof partsOf>;

/** Returns the parts that the statements about a column set begin with. */
export function partsOf(plan: TablePlan, entity: Entity, columnSet: ColumnSet) {
  const columns = columnSet.columns.flatMap((index) => plan.columns[index] ?? []);
  const names = columns.map((column) => column.name);
  const written = [...names, 'observed_at', 'extra'];
  const key = quote(plan.key[0] ?? '');
  const parameter = parameters();
  const arrays = [...columns.map((column) => parameter(column.sqlType)), parameter('timestamptz'), parameter('jsonb')];
  const account = scalar(parameter, 'text');
  const parts = columnSet.sets.map((set, at) =>
    setParts(entity.relations[set], { at, parameter, parentId: `i.${key}`, isPartial: !columnSet.alive, account }),
  );
  const incoming = `with i as (
  select ${[...names.map(quote), `${notAhead('observed_at')} as observed_at`, 'extra'].join(', ')} from unnest(${arrays.join(', ')}) as i(${list(written)})
),
`;
  return { plan, names, written, key, parts, account, incoming, parameter };
}

function parameters(): Parameter {
  let count = 0;
  return (sqlType) => `$${(count += 1)}::${sqlType}[]`;
}

/**
 * Returns the common table expression that inserts rows, and returns `returned` and the columns that the feed needs.
 */
export const insertedRows = ({ plan, written, key, account }: StatementParts, from: string, returned: string) =>
  `inserted as (
  insert into ${plan.sqlName} as t (${list(written)}, account) select ${list(written)}, ${account} from ${from} order by ${key}
  returning t.${key} as id, t.version_at, t.observed_at, true as inserted, false as was_deleted${returned}
)`;

/** Returns the rows that a statement inserts or updates; only the record itself removes a tombstone. */
export const writtenRows = (plan: TablePlan, { alive }: ColumnSet): WrittenRows => ({
  plan,
  from: 'written',
  op: `case when inserted then 'i' ${alive ? "when was_deleted then 'r' " : ''}else 'u' end`,
});
