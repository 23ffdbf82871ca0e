import { expect, expectTypeOf, test } from 'vitest';
import { COMPARED_METRICS } from '../../src/reporting/metrics/compared-metrics.ts';
import { typedViews } from '../../src/reporting/typed-views.ts';
import { sharedDatabase } from '../support/database.ts';
import { rows } from '../support/records.ts';

const db = sharedDatabase();

const COLUMNS = `select c.relnamespace::regnamespace::text as schema, c.relname as view, a.attname as column,
    format_type(a.atttypid, a.atttypmod) as type, col_description(c.oid, a.attnum) as comment, obj_description(c.oid, 'pg_class') as about
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  where c.relnamespace in ('analytics'::regnamespace, 'analytics_contacts'::regnamespace) order by 1, 2, a.attnum`;

test('the views have the names and types that readers were promised: columns are added at the end alone', async () => {
  const columns = await rows(db(), COLUMNS);
  const contract: Record<string, Record<string, Record<string, object>>> = {};
  for (const { schema, view, column, type } of columns) {
    const views = (contract[String(schema)] ??= {});
    (views[String(view)] ??= {})[String(column)] = { [String(type)]: true };
  }
  const text = `${JSON.stringify(contract, null, 2).replaceAll(/\{\n\s+("[^"]+": true)\n\s+\}/g, '{ $1 }')}\n`;
  await expect(text).toMatchFileSnapshot('../../src/reporting/contract.json');
});

test('TypeScript reads every view with its types through Drizzle', async () => {
  const { orm, pool } = db();
  for (const view of Object.values(typedViews)) expect(await orm.select().from(view).limit(1)).toBeInstanceOf(Array);
  await pool.query(`insert into polar.checkouts (id, account, created_at, observed_at, status, currency, net_amount)
    values (gen_random_uuid(), 'default', now(), now(), 'succeeded', 'kwd', 1500)`);
  const { checkouts } = typedViews;
  const [row] = await orm
    .select({
      net: checkouts.net_money,
      minor: checkouts.net_amount,
      engaged: checkouts.is_settled,
      seats: checkouts.seats,
    })
    .from(checkouts);
  expect(row).toEqual({ net: '1.500', minor: 1500n, engaged: true, seats: null });
  expectTypeOf(row).toEqualTypeOf<
    { net: string | null; minor: bigint | null; engaged: boolean | null; seats: number | null } | undefined
  >();
});

test('every view and column says what it holds', async () => {
  const silent = (await rows(db(), COLUMNS)).filter(({ comment, about }) => comment === null || about === null);
  expect(silent.map(({ view, column }) => `${String(view)}.${String(column)}`)).toEqual([]);
});

const PAGE = `<!-- Generated from analytics.metrics and src/reporting/metrics: vitest run test/reporting/contract.test.ts -u writes it. -->

# Metrics

What the columns of the [views for reports](reports.md) count. The same definitions are in the database, in \`analytics.metrics\`.
Amounts are in minor units and never added up over currencies. Unknown is null, not 0.
`;

const BESIDE_POLAR = `
## Beside Polar’s

\`checkout-sync verify --metrics\` compares figures of the tables with those that Polar computes itself (\`GET /v1/metrics\`), by Polar’s
definitions, per day of \`REPORT_TIMEZONE\`. They are equal once the streams are read, or differ for the reason here. Amounts are in US
dollars, which Polar converts all others to at the rate of the payment: with orders in other currencies, \`revenue\` and
\`average_order_value\` need the stream \`polar.events\`, which has the rates.
`;

test('docs/metrics.md has the definitions of the database', async () => {
  const metrics = await rows(db(), 'select * from analytics.metrics');
  const sections = metrics.map(({ metric, view, formula, definition }) =>
    [`## ${String(metric)}`, String(definition), `\`${String(formula)}\` of \`analytics.${String(view)}\``].join(
      '\n\n',
    ),
  );
  const compared = COMPARED_METRICS.map(
    ({ name, streams, differs }) => `- \`${name}\` (${streams.join(', ')}): ${differs ?? 'equal'}.`,
  );
  const page = [PAGE.trim(), ...sections, BESIDE_POLAR.trim(), compared.join('\n')];
  await expect(`${page.join('\n\n')}\n`).toMatchFileSnapshot('../../docs/metrics.md');
});

test('every metric names a view that is there', async () => {
  const lost = `select view from analytics.metrics where to_regclass('analytics.' || view) is null`;
  expect(await rows(db(), lost)).toEqual([]);
});
