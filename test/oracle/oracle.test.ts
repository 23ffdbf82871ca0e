import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { DROP_VIEWS, freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { damage, otherValue } from '../support/records.ts';
import { TABLE_NAMES, TABLES, type SetTruth, type TableName } from './tables.ts';
import { differences, witness } from './oracle.ts';

interface Synced {
  polar: Simulator;
  db: { pool: Pool };
  walkBoth: () => Promise<void>;
}

/** A database in step with a simulator; its sessions may break constraints, as the tests do on purpose. */
async function synced(): Promise<Synced> {
  const polar = await startPolar({ links: 30, checkouts: 300 });
  const db = await freshDatabase();
  const { sync } = syncing(polar, db);
  const walkBoth = async () => {
    for (const stream of ['polar.checkout_links', 'polar.checkouts'] as const)
      expect(await sync(stream)).toMatchObject({ outcome: 'complete' });
  };
  await walkBoth();
  return { polar, db, walkBoth };
}

/** Ids of a table's living rows. */
async function idsOf({ db }: Synced, table: TableName): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    `select id from polar.${table} where deleted_at is null order by id`,
  );
  return rows.map(({ id }) => id);
}

test('after a walk of both streams nothing differs', async () => {
  const { polar, db } = await synced();
  expect(await differences(polar, db)).toEqual([]);
});

test('the smallest change of any column of any table is reported, and nothing else', async () => {
  const all = await synced();
  const expected: string[] = [];
  for (const table of TABLE_NAMES) {
    const columns = Object.entries(TABLES[table].columns).filter(([name]) => name !== 'id' && name !== 'version_at');
    const changes = columns.map(([name, type]) => `${name} = ${otherValue(name, type)}`).join(', ');
    const [id] = await idsOf(all, table);
    await damage(
      all.db,
      `update polar.${table} set ${changes}, deleted_at = now(), extra = '{"a": 1}' where id = '${id}'`,
    );
    for (const name of [...columns.map(([column]) => column), 'version_at', 'deleted', 'extra'])
      expected.push(`polar.${table} ${id} ${name}`);
  }
  const reported = await differences(all.polar, all.db);
  expect(reported.filter((line) => !/: expected .*, stored ./.test(line))).toEqual([]);
  expect(new Set(reported.map((line) => line.replace(/: expected .*/, '')))).toEqual(new Set(expected));
});

test('a row that is missing from any table is reported, and one too many', async () => {
  const all = await synced();
  const strange = '00000000-0000-4000-8000-000000000000';
  const expected: string[] = [];
  for (const table of TABLE_NAMES) {
    const [id] = await idsOf(all, table);
    await damage(all.db, `update polar.${table} set id = '${strange}' where id = '${id}'`);
    expected.push(`polar.${table} ${id}: missing`, `polar.${table} ${strange}: stored, though the API never showed it`);
  }
  expect(await differences(all.polar, all.db)).toEqual(expect.arrayContaining(expected));
});

test('a member of any set that is missing, or at another place, is reported', async () => {
  const all = await synced();
  const expected: string[] = [];
  for (const table of TABLE_NAMES) {
    for (const [set, { parent }] of Object.entries<SetTruth>(TABLES[table].sets)) {
      const { rows } = await all.db.pool.query<{ id: string; ctid: string }>(
        `select distinct on (${parent}) ${parent} as id, ctid from polar.${set} order by 1 limit 2`,
      );
      await damage(
        all.db,
        `delete from polar.${set} where ctid = '${rows[0]?.ctid}'`,
        `update polar.${set} set position = position + 1 where ctid = '${rows[1]?.ctid}'`,
      );
      expected.push(...rows.map(({ id }) => `polar.${table} ${id} ${set}`));
    }
  }
  const reported = await differences(all.polar, all.db);
  expect(reported.map((line) => line.replace(/: expected \[.*\], stored \[.*\]$/, ''))).toEqual(
    expect.arrayContaining(expected),
  );
  expect(reported).toHaveLength(expected.length);
});

test('a column of another type, a column too many and a stored secret are reported', async () => {
  const { polar, db } = await synced();
  const secret = [...polar.polar.checkouts.values()][0]?.client_secret;
  await db.pool.query(DROP_VIEWS);
  await db.pool.query(`alter table polar.checkouts alter column expires_at type timestamptz(3)`);
  await db.pool.query(`alter table polar.medias add column modified_at timestamptz`);
  await db.pool.query(
    `create table sync.copies as select '{"url": "https://polar.sh/checkout/${secret}/confirmation"}'::jsonb as body`,
  );
  const reported = await differences(polar, db);
  expect(reported).toContain(
    `polar.checkouts.expires_at: expected timestamp with time zone, there is timestamp(3) with time zone`,
  );
  expect(reported).toContain(`polar.medias.modified_at: expected no column, there is timestamp with time zone`);
  expect(reported).toContain(`sync.copies: 1 rows hold a client secret`);
  expect(reported.some((line) => / expires_at: expected "\S+\d{6}\+00:00", stored /.test(line))).toBe(true);
});

test('every edit that is not walked yet is reported, and none once it is', async () => {
  const { polar: simulator, db, walkBoth } = await synced();
  const seen = witness(simulator);
  const { polar } = simulator;
  expect(await differences(simulator, db, seen)).toEqual([]);
  const [first, second] = [...polar.links.values()].filter(
    (link) => link.deleted_at === null && link.product_ids.length > 0,
  );
  const product = [...polar.products.values()].find(
    ({ benefit_ids, price_ids }) => benefit_ids.length > 0 && price_ids.length > 0,
  );
  if (!first || !second || !product) throw new Error('the seed has too little');
  polar.setLinkProducts(first.id, [product.id]);
  polar.deleteLink(second.id);
  polar.changePrice(product.price_ids[0] ?? '', { price_amount: 4711 });
  polar.detachBenefit(product.id, product.benefit_ids[0] ?? '');
  const session = polar.createCheckout();
  const reported = await differences(simulator, db, seen);
  expect(reported).toContain(`polar.checkouts ${session.id}: missing`);
  expect(reported).toContain(`polar.checkout_links ${second.id} deleted: expected true, stored false`);
  expect(reported).toContain(`polar.product_prices ${product.price_ids[0]} is_archived: expected true, stored false`);
  for (const line of [
    `polar.checkout_links ${first.id} checkout_link_products: `,
    `polar.products ${product.id} product_benefits: `,
  ])
    expect(reported.some((found) => found.startsWith(line))).toBe(true);
  await walkBoth();
  expect(await differences(simulator, db, seen)).toEqual([]);
});
