import { expect, test } from 'vitest';
import { sharedDatabase } from '../support/database.ts';
import { rows } from '../support/records.ts';

const db = sharedDatabase();

const COLUMNS = `select case c.relnamespace::regnamespace::text when 'analytics' then relname else c.oid::regclass::text end as view, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
    col_description(c.oid, a.attnum) as comment, obj_description(c.oid, 'pg_class') as about
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  where c.relnamespace in ('analytics'::regnamespace, 'analytics_contacts'::regnamespace)
  order by c.relnamespace::regnamespace::text, relname, a.attnum`;

test('the views have the names and types that readers were promised: columns are added at the end alone', async () => {
  const columns = await rows(db(), COLUMNS);
  const contract: Record<string, Record<string, unknown>> = {};
  for (const { view, column, type } of columns) (contract[String(view)] ??= {})[String(column)] = type;
  const text = `${JSON.stringify(contract, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../src/reporting/contract.json');
});

test('every view and column says what it holds', async () => {
  const silent = (await rows(db(), COLUMNS)).filter(({ comment, about }) => comment === null || about === null);
  expect(silent.map(({ view, column }) => `${String(view)}.${String(column)}`)).toEqual([]);
});

const PAGE = `<!-- Generated from analytics.metrics: vitest run test/reporting/contract.test.ts -u writes it. -->

# Metrics

What the columns of the [views for reports](reports.md) count. The same definitions are in the database, in \`analytics.metrics\`.
Amounts are in minor units and never added up over currencies. Unknown is null, not 0.
`;

test('docs/metrics.md has the definitions of the database', async () => {
  const metrics = await rows(db(), 'select * from analytics.metrics');
  const sections = metrics.map(({ metric, view, formula, definition }) =>
    [`## ${String(metric)}`, String(definition), `\`${String(formula)}\` of \`analytics.${String(view)}\``].join(
      '\n\n',
    ),
  );
  await expect(`${[PAGE.trim(), ...sections].join('\n\n')}\n`).toMatchFileSnapshot('../../docs/metrics.md');
});

test('every metric names a view that is there', async () => {
  const lost = `select view from analytics.metrics where to_regclass('analytics.' || view) is null`;
  expect(await rows(db(), lost)).toEqual([]);
});
