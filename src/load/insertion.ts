import { scalar } from './set-parts.ts';
import type { TableBatch, ColumnSet } from '../normalize/rows.ts';
import { feedInsert } from './changes.ts';
import { incompleteIf } from './commit-along.ts';
import { historyParts } from './history.ts';
import { insertedRows, partsOf, writtenRows } from './statement-parts.ts';

/**
 * Returns SQL that inserts the rows not yet stored, with their sets, and leaves the others as they are. Most pages of a
 * first walk need no more, and nothing is compared. The statement returns the number of rows inserted. Only for rows
 * read by a walk, whose history follows from the rows alone.
 */
export function buildInsertion({ plan, entity }: TableBatch, columnSet: ColumnSet): string {
  const parts = partsOf(plan, entity, columnSet);
  const { names, key, incoming, account, parameter } = parts;
  const by = { account, via: scalar(parameter, 'text'), runId: scalar(parameter, 'bigint') };
  const history = historyParts({ entity, columnSet, names, by, versionAt: undefined, differs: 'true' });
  const fresh = `i left join lateral (select true as is_stored from ${plan.sqlName} t where t.${key} = i.${key} offset 0) t on true where is_stored is null`;
  return `${incoming}${parts.parts.map(({ listing }) => listing).join('')}${insertedRows(parts, fresh, history.inserted)},
written as (select * from inserted)${parts.parts.map(({ fill }) => fill).join('')},
feed as (
  ${feedInsert([writtenRows(plan, columnSet)], by)}
)${history.entries}
select count(*)::int as inserted, ${incompleteIf('count(*) <> cardinality($1)')} from inserted`;
}
