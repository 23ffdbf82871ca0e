import { readFileSync } from 'node:fs';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { connectReader, newReader } from '../support/reader.ts';
import { sourceOf } from '../support/source.ts';
import {
  dashboards,
  dbtQueries,
  expandGrafana,
  metabaseQueries,
  panelQueries,
  provisioning,
  type ExampleQuery,
} from './queries.ts';

const DAY_MS = 86_400_000;
const STREAMS = ['checkout_links', 'checkouts', 'products', 'discounts', 'orders', 'refunds', 'subscriptions'];

/** A merchant whose sales, refunds and subscriptions are stored, and a reader of the views. */
async function startReader() {
  const db = await freshDatabase();
  const simulator = await startPolar({ seed: 5, links: 6, checkouts: 80, scopes: 'every' });
  const { polar } = simulator;
  const paid = [...polar.streams.orders.records.values()].filter(
    ({ status, net_amount }) => status === 'paid' && net_amount > 0,
  );
  for (const { id } of paid.slice(0, 3)) polar.createRefund(id, {});
  const engine = engineOf(sourceOf({ ...simulator.settings }), db);
  for (const stream of STREAMS) await engine.sync(`polar.${stream}`);
  return { polar, reader: await connectReader(db, newReader(db)) };
}

/** The rows of a query; an error names the query. */
async function ask(reader: Client, { name, sql }: ExampleQuery): Promise<Record<string, unknown>[]> {
  const { rows } = await reader.query<Record<string, unknown>>(sql).catch((error: unknown) => {
    throw new Error(`${name}: ${String(error)}\n${sql}`, { cause: error });
  });
  return rows;
}

test('every query of the dashboards, of dbt and of Metabase gets rows as a reader of the views', async () => {
  const { polar, reader } = await startReader();
  const [from, to] = [new Date(Date.now() - 400 * DAY_MS), new Date(Date.now() + DAY_MS)];
  const selection = { from, to, accounts: ['default'] };
  const panels = dashboards().flatMap((dashboard) => panelQueries(dashboard, selection));
  const empty: string[] = [];
  const isShown = (row: Record<string, unknown>) => Object.values(row).some((value) => value !== null && value !== '0');
  for (const query of [
    ...panels,
    ...metabaseQueries(from),
    ...metabaseQueries(from, 'default'),
    ...dbtQueries().freshness,
  ])
    if (!(await ask(reader, query)).some(isShown)) empty.push(query.name);
  expect(empty).toEqual(['checkout-sync-operations: Rejected records']); // there are none

  for (const query of dbtQueries().tests) expect([query.name, await ask(reader, query)]).toEqual([query.name, []]);

  const timeless: string[] = [];
  for (const query of panels.filter(({ format }) => format === 'time_series'))
    if (!(await ask(reader, query)).every(({ time }) => time instanceof Date || Number(time) > 1e9))
      timeless.push(query.name);
  expect(timeless).toEqual([]);

  const opened = panels.find(({ name }) => name.endsWith('Sessions opened'));
  expect(opened && (await ask(reader, opened))).toMatchObject([{ Opened: String(polar.checkouts.size) }]);
});

test('a dashboard of an account that is not there, or of a new database, is empty and not broken', async () => {
  const db = await freshDatabase();
  const reader = await connectReader(db, newReader(db));
  const selection = { from: new Date(0), to: new Date(), accounts: [] };
  for (const dashboard of dashboards()) {
    for (const { name, query } of dashboard.templating.list)
      expect(await ask(reader, { name, sql: expandGrafana(query, selection) })).toEqual([]);
    for (const query of panelQueries(dashboard, selection)) await ask(reader, query);
  }
});

test('the dashboards ask the database that is provisioned, and lie where Compose puts them', () => {
  const { uids, folders } = provisioning();
  const boards = dashboards();
  expect(boards.map(({ panels }) => new Set(panels.map(({ id }) => id)).size)).toEqual(
    boards.map(({ panels }) => panels.length),
  );
  const asked = boards.flatMap(({ panels }) => panels.map(({ datasource }) => datasource.uid));
  expect([...new Set(asked)]).toEqual(uids);
  const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
  expect(folders.filter((folder) => !compose.includes(`./examples/grafana/dashboards:${folder}:ro`))).toEqual([]);
});
