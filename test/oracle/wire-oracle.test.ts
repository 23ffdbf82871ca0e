import { getTableConfig } from 'drizzle-orm/pg-core';
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { entitiesWithin, type Entity } from '../../src/model/entity.ts';
import type { Json } from '../../src/model/json.ts';
import { freshDatabase } from '../support/database.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { damage, otherValue } from '../support/records.ts';
import { fynnDifferences } from './fynn.ts';
import { differences } from './oracle.ts';
import { wireOracle, type WireOracle } from './wire-oracle.ts';

interface Judged {
  db: { pool: Pool };
  wire: WireOracle;
  /** Returns the differences that the oracle of this source finds. */
  specific: () => Promise<string[]>;
  schema: string;
  walked: ReadonlySet<string>;
}

/** Columns whose values are no value of the API's. */
const KEPT = new Set(['id', 'account', 'version_at', 'observed_at', 'deleted_at']);

/** A database in step with a simulator, and both oracles for it. */
const subjects: Record<string, () => Promise<Judged>> = {
  async polar() {
    const [simulator, db] = [await startPolar({ links: 20, checkouts: 120 }), await freshDatabase()];
    const { context, sync } = syncing(simulator, db);
    for (const stream of ['polar.checkout_links', 'polar.checkouts'] as const) await sync(stream);
    const wire = wireOracle(context.source, shown(context.source, simulator));
    return {
      db,
      wire,
      specific: () => differences(simulator, db),
      schema: 'polar',
      walked: tablesIn(context.source.streams),
    };
  },
  async fynn() {
    const [simulator, db] = [await startFynn(), await freshDatabase()];
    const { context, syncAll } = syncingFynn(simulator, db);
    await syncAll();
    const wire = wireOracle(context.source, shown(context.source, simulator));
    return {
      db,
      wire,
      specific: () => fynnDifferences(simulator, db),
      schema: 'fynn',
      walked: tablesIn(context.source.streams),
    };
  },
};

async function judged(name: string): Promise<Judged> {
  const subject = await subjects[name]?.();
  if (!subject) throw new Error(`no subject ${name}`);
  return subject;
}

type Streams = Parameters<typeof wireOracle>[1];

function shown(
  { streams }: { streams: readonly { name: string; entity: Streams[number]['entity'] }[] },
  simulator: { streams: Readonly<Record<string, { list: () => string[]; json: (id: string) => unknown }>> },
): Streams {
  return streams.map(({ name, entity }) => {
    const driver = simulator.streams[name];
    if (!driver) throw new Error(`no driver for ${name}`);
    const record = (id: string): Json => JSON.parse(JSON.stringify(driver.json(id)));
    return { entity, records: () => driver.list().map(record) };
  });
}

/** A table as the catalog has it; a join table has no `id`. */
interface Table {
  name: string;
  columns: { name: string; type: string }[];
}

/** The tables that both oracles know: those of the streams that were walked, without sets that only other streams show. */
async function tablesOf({ db, schema, walked }: Judged): Promise<Table[]> {
  const { rows } = await db.pool.query<Table>(
    `select $1 || '.' || c.relname as name,
       jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = $1::regnamespace and c.relkind = 'r' group by c.relname order by 1`,
    [schema],
  );
  const found = rows.filter(({ name }) => walked.has(name));
  const first = await Promise.all(found.map((table) => firstRow({ db }, table)));
  return found.filter((_, at) => first[at]?.key !== '');
}

/** The names of all tables that records of some streams come to. */
function tablesIn(streams: readonly { entity: Entity }[]): Set<string> {
  const entities = streams.flatMap(({ entity }) => [...entitiesWithin(entity)]);
  const joins = entities.flatMap(({ relations }) =>
    Object.values(relations).flatMap((relation) => (relation.kind === 'set' ? [relation.into] : [])),
  );
  const names = [...entities.map(({ table }) => table), ...joins].map(getTableConfig);
  return new Set(names.map(({ schema = '', name }) => `${schema}.${name}`));
}

const isEntity = ({ columns }: Table) => columns.some(({ name }) => name === 'id');

async function firstRow(
  { db }: Pick<Judged, 'db'>,
  { name, columns }: Table,
): Promise<Record<'key' | 'place', string>> {
  const { rows } = await db.pool.query<Record<'key' | 'place', string>>(
    `select ${columns.find((column) => column.name !== 'account')?.name} as key, ctid::text as place from ${name} order by 1 limit 1`,
  );
  return rows[0] ?? { key: '', place: '' };
}

/** Both oracles' lines, without the values. */
async function verdicts({ db, wire, specific }: Judged): Promise<{ wire: string[]; specific: number }> {
  const lines = (await wire.differences(db)).map((line) => line.replace(/: expected [^]*/, ''));
  return { wire: lines.toSorted(), specific: (await specific()).length };
}

const sources = Object.keys(subjects);

test.for(sources)('tables of %s that are right are right by both oracles', async (name) => {
  const subject = await judged(name);
  expect(await verdicts(subject)).toEqual({ wire: [], specific: 0 });
});

test.for(sources)('the smallest change of any column of any table of %s is reported by its name', async (name) => {
  const subject = await judged(name);
  const expected: string[] = [];
  for (const table of (await tablesOf(subject)).filter(isEntity)) {
    const { key, place } = await firstRow(subject, table);
    const columns = table.columns.filter((column) => !KEPT.has(column.name));
    const changes = columns.map(({ name: column, type }) => `${column} = ${otherValue(column, type)}`);
    await damage(
      subject.db,
      `update ${table.name} set ${[...changes, 'deleted_at = now()'].join()} where ctid = '${place}'`,
    );
    expected.push(
      ...[...columns.map((column) => column.name), 'deleted'].map((column) => `${table.name} ${key} ${column}`),
    );
  }
  const { wire, specific } = await verdicts(subject);
  expect(wire).toEqual(expected.toSorted());
  expect(specific).toBeGreaterThan(0);
});

test.for(sources)(
  'a row that is missing from any table of %s is reported, and a member cut from any set',
  async (name) => {
    const subject = await judged(name);
    const expected: string[] = [];
    for (const table of await tablesOf(subject)) {
      const { key, place } = await firstRow(subject, table);
      await damage(subject.db, `delete from ${table.name} where ctid = '${place}'`);
      expected.push(isEntity(table) ? `${table.name} ${key}: missing` : `${table.name} ${key} members`);
    }
    const { wire, specific } = await verdicts(subject);
    expect(wire).toEqual(expected.toSorted());
    expect(specific).toBeGreaterThan(0);
  },
);

test.for(sources)('a row that %s never showed is reported, in any table', async (name) => {
  const subject = await judged(name);
  const strange = '00000000-0000-4000-8000-000000000000';
  const expected: string[] = [];
  for (const table of (await tablesOf(subject)).filter(isEntity)) {
    const { key, place } = await firstRow(subject, table);
    await damage(subject.db, `update ${table.name} set id = '${strange}' where ctid = '${place}'`);
    expected.push(
      `${table.name} ${key}: missing`,
      `${table.name} ${strange}: stored, though the source never showed it`,
    );
  }
  const { wire, specific } = await verdicts(subject);
  expect(wire).toEqual(expected.toSorted());
  expect(specific).toBeGreaterThan(0);
});
