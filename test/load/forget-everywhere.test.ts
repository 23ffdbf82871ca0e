import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { polarStreams } from '../../src/sources/polar/streams.ts';
import { dump } from '../support/dump.ts';
import { freshDatabase } from '../support/database.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { sourceOf } from '../support/source.ts';
import { rows } from '../support/records.ts';
import { call } from '../support/run.ts';

const streams = Object.keys(polarStreams);
const POLAR_STREAMS = streams.map((name) => name.replace('polar.', '')).join(',');

interface Buyer {
  id: string;
  email: string;
  values: string[];
}

/** The customer with the most orders, of those with a street of their own; and the values that are theirs alone. */
async function bestBuyer(db: Database): Promise<Buyer> {
  const { rows: found } = await db.pool.query<Buyer>(
    `select c.id, c.email, array_remove(array[c.email, c.billing_address ->> 'line1', c.tax_id ->> 0, c.external_id, c.avatar_url], null) as values
     from polar.customers c left join polar.orders o on o.customer_id = c.id
     where c.billing_address ->> 'line1' is not null and c.email is not null and not exists (
       select from polar.customers other where other.id <> c.id and other.billing_address ->> 'line1' = c.billing_address ->> 'line1')
     group by c.id order by count(o.id) desc, c.id limit 1`,
  );
  if (!found[0]) throw new Error('no customer has a street of their own');
  return found[0];
}

/** Returns the number of times that the database names each value. */
async function mentionsOf(db: Database, { values }: Buyer): Promise<number[]> {
  const everything = (await dump(db)).toLowerCase();
  return values.map((value) => everything.split(value.toLowerCase()).length - 1);
}

test('somebody who is forgotten is in no table of any stream, and comes back by no walk; others stay as they are', async () => {
  const polar = await startPolar({ scopes: 'every', links: 4, checkouts: 160 });
  const db = await freshDatabase();
  const source = sourceOf({ POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, POLAR_STREAMS });
  const { sync, verify } = engineOf(source, db);
  const walk = async () => {
    for (const stream of streams) expect(await sync(stream)).toMatchObject({ outcome: 'complete', rejected: 0 });
  };
  await walk();
  const buyer = await bestBuyer(db);
  const others = `select to_jsonb(c) - 'observed_at' as row from polar.customers c where id <> '${buyer.id}' order by id`;
  const before = await rows(db, others);
  const mentions = await mentionsOf(db, buyer);
  expect(Math.min(...mentions)).toBeGreaterThan(0);
  expect(mentions[0]).toBeGreaterThan(2);
  expect(await call(['forget', buyer.email, '--yes'], { DATABASE_URL: db.url })).toMatchObject({ code: 0 });
  const none = buyer.values.map(() => 0);
  expect(await mentionsOf(db, buyer)).toEqual(none);
  await walk();
  expect(await mentionsOf(db, buyer)).toEqual(none);
  expect(await rows(db, others)).toEqual(before);
  for (const stream of streams)
    expect(await verify(stream), stream).toMatchObject({ error: undefined, differences: [] });
});
