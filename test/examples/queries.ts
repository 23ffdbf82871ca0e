import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const read = (path: string) => readFileSync(join(examples, path), 'utf8');

/** A query of an example, with the name of its place. */
export interface ExampleQuery {
  name: string;
  sql: string;
}

/** A query of a panel, and the form that the panel wants. */
export interface PanelQuery extends ExampleQuery {
  format: 'table' | 'time_series';
}

/** The range of a dashboard, and what its variable `account` holds. */
export interface Selection {
  from: Date;
  to: Date;
  accounts: readonly string[];
}

interface Dashboard {
  uid: string;
  templating: { list: { name: string; query: string }[] };
  panels: {
    id: number;
    title: string;
    datasource: { uid: string };
    targets: { rawSql: string; format: PanelQuery['format'] }[];
  }[];
}

/** The dashboards of Grafana. */
export const dashboards = (): Dashboard[] =>
  globSync('grafana/dashboards/*.json', { cwd: examples }).map((path) => JSON.parse(read(path)));

/** Returns what Grafana provisions at its start: the databases, and the folders of dashboards. */
export function provisioning(): { uids: string[]; folders: string[] } {
  const databases: { datasources: { uid: string }[] } = parse(
    read('grafana/provisioning/datasources/checkout-sync.yml'),
  );
  const boards: { providers: { options: { path: string } }[] } = parse(
    read('grafana/provisioning/dashboards/checkout-sync.yml'),
  );
  return {
    uids: databases.datasources.map(({ uid }) => uid),
    folders: boards.providers.map(({ options }) => options.path),
  };
}

/** The queries of all panels of a dashboard, as Grafana sends them. */
export const panelQueries = ({ uid, panels }: Dashboard, selection: Selection): PanelQuery[] =>
  panels.flatMap(({ title, targets }) =>
    targets.map(({ rawSql, format }) => ({ name: `${uid}: ${title}`, format, sql: expandGrafana(rawSql, selection) })),
  );

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

const SECONDS = { m: 60, h: 3600, d: 86_400 };

/** The macros of Grafana's Postgres data source, pkg/tsdb/grafana-postgresql-datasource/macros.go. */
function macro(name: string, [column = '', interval = '']: readonly string[], { from, to }: Selection): string {
  const [, number, unit] = /^'(\d+)([mhd])'$/.exec(interval) ?? [];
  const seconds = Number(number) * SECONDS[unit === 'm' || unit === 'h' ? unit : 'd'];
  const group = `floor(extract(epoch from ${column})/${seconds})*${seconds}`;
  if (name === 'timeFilter') return `${column} BETWEEN '${from.toISOString()}' AND '${to.toISOString()}'`;
  if (name === 'timeGroup') return group;
  if (name === 'timeGroupAlias') return `${group} AS "time"`;
  throw new Error(`the test knows no macro $__${name}`);
}

/** Expands variables, then macros, whose arguments end at the first parenthesis. A variable of several values is a list of literals. */
export const expandGrafana = (sql: string, selection: Selection): string =>
  sql
    .replaceAll('${account}', selection.accounts.map(literal).join(','))
    .replaceAll(/\$__(\w+)\(([^)]*)\)/g, (_, name: string, list: string) =>
      macro(name, list.split(/\s*,\s*/), selection),
    );

/** The questions for Metabase with a date and, in the optional parts, an account; without one, these parts are left out. */
export const metabaseQueries = (since: Date, account?: string): ExampleQuery[] =>
  globSync('metabase/*.sql', { cwd: examples }).map((path) => ({
    name: `${basename(path)} for ${account ?? 'all accounts'}`,
    sql: read(path)
      .replaceAll(/\[\[(.*?)\]\]/g, account === undefined ? '' : '$1')
      .replaceAll('{{since}}', `date ${literal(since.toISOString().slice(0, 10))}`)
      .replaceAll('{{account}}', literal(account ?? '')),
  }));

type DataTest = string | Record<string, { arguments: Record<string, unknown> }>;

interface DbtSources {
  sources: {
    schema: string;
    tables: {
      name: string;
      config?: { loaded_at_query?: string; freshness?: null };
      columns: { name: string; data_tests: DataTest[] }[];
    }[];
  }[];
}

/** The SQL of dbt's generic tests: each returns the rows that fail. */
const genericTests: Record<string, (table: string, column: string, given: Record<string, unknown>) => string> = {
  not_null: (table, column) => `select ${column} from ${table} where ${column} is null`,
  unique: (table, column) =>
    `select ${column} from ${table} where ${column} is not null group by ${column} having count(*) > 1`,
  accepted_values: (table, column, { values }) =>
    `select ${column} from ${table} where ${column} not in (${[values]
      .flat()
      .map((value) => literal(String(value)))
      .join(', ')})`,
  relationships: (table, column, { to, field }) => {
    const [, parent] = /^source\('checkout_sync', '(\w+)'\)$/.exec(String(to)) ?? [];
    return `select c.${column} from ${table} c left join analytics.${parent} p on p.${String(field)} = c.${column}
      where c.${column} is not null and p.${String(field)} is null`;
  },
};

function sqlOf(table: string, column: string, dataTest: DataTest): ExampleQuery {
  const [name = '', given] = typeof dataTest === 'string' ? [dataTest] : (Object.entries(dataTest)[0] ?? []);
  const sql = genericTests[name]?.(table, column, given?.arguments ?? {});
  if (sql === undefined) throw new Error(`dbt has no generic test ${name}`);
  return { name: `${name} of ${table}.${column}`, sql };
}

/** Returns dbt's queries: for the freshness of the sources, and for the tests of their columns. */
export function dbtQueries(): { freshness: ExampleQuery[]; tests: ExampleQuery[] } {
  const { sources }: DbtSources = parse(read('dbt/models/sources.yml'));
  const tables = sources.flatMap(({ schema, tables: listed }) =>
    listed.map((table) => ({ ...table, name: `${schema}.${table.name}` })),
  );
  return {
    freshness: tables
      .filter(({ config }) => config?.freshness !== null)
      .map(({ name, config }) => ({ name, sql: config?.loaded_at_query ?? `no loaded_at_query of ${name}` })),
    tests: tables.flatMap(({ name, columns }) =>
      columns.flatMap((column) => column.data_tests.map((dataTest) => sqlOf(name, column.name, dataTest))),
    ),
  };
}
