import { expect, test } from 'vitest';
import { lockSource, transaction } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { planOf } from '../../src/database/table-plan.ts';
import { insertionOf, writingOf } from '../../src/load/statement.ts';
import { entitiesWithin, type Entity } from '../../src/model/entity.ts';
import { streamEntities } from '../../src/sources/index.ts';
import { freshDatabase } from '../support/database.ts';

/** A node of a plan, as `explain (format json)` has it. */
interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: PlanNode[];
}

/** The statements that write rows with all columns and sets of an entity. */
function writingAll(entity: Entity, alive: boolean): string[] {
  const plan = planOf(entity.table);
  const sets = Object.keys(entity.relations).filter((name) => entity.relations[name]?.kind !== 'one');
  const columnSet = { columns: [...plan.columns.keys()], sets, alive, rows: new Map() };
  const batch = { entity, plan, first: new Map(), columnSets: new Map() };
  return [writingOf, insertionOf].map((statementOf) => statementOf(batch, 'all', columnSet).text);
}

function wholeReads({ Plans = [], ...node }: PlanNode): string[] {
  const { 'Node Type': type, 'Relation Name': table, 'Index Name': index, 'Index Cond': condition } = node;
  const isWhole = /^(Seq|Index|Index Only|Bitmap Index) Scan$/.test(type) && condition === undefined;
  return [...(isWhole ? [`${type} of ${table ?? index}`] : []), ...Plans.flatMap(wholeReads)];
}

const entities = new Set(Object.values(streamEntities).flatMap((entity) => [...entitiesWithin(entity)]));

test('what is planned while statistics say that the tables are empty reads none as a whole later', async () => {
  // No test has used this one: statistics of rows that were deleted since would make other plans.
  const db = await freshDatabase('template0');
  await migrate(db);
  await db.pool.query('analyze');
  const read = await transaction(db.pool, async (client) => {
    await lockSource(client, { name: 'polar' });
    const found: string[] = [];
    for (const entity of entities)
      for (const text of [true, false].flatMap((alive) => writingAll(entity, alive))) {
        const most = Math.max(...Array.from(text.matchAll(/\$(\d+)/g), ([, number]) => Number(number)));
        await client.query(`prepare writing as ${text}`);
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
          `explain (format json) execute writing (${Array.from({ length: most }, () => 'null').join(', ')})`,
        );
        await client.query('deallocate writing');
        const reads = rows.flatMap(({ 'QUERY PLAN': [{ Plan }] }) => wholeReads(Plan));
        found.push(...reads.map((one) => `${planOf(entity.table).name}: ${one}`));
      }
    return found;
  });
  expect(entities.size).toBeGreaterThan(10);
  expect(read).toEqual([]);
});
