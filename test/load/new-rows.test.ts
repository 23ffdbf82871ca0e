import { expect, test } from 'vitest';
import { lockSource, transaction } from '../../src/database/database.ts';
import { writeRows } from '../../src/load/write.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { normalizeResponse } from '../../src/normalize/normalize.ts';
import { sharedDatabase } from '../support/database.ts';
import { at, entityOf, polarOrigin, product, rows, session, uuid, value } from '../support/records.ts';

const db = sharedDatabase();

/** Writes sessions as a walk does; returns how many were inserted and updated. */
async function write(records: JsonObject[], observedAt: string) {
  const entity = entityOf('polar.checkouts');
  const { rows: written } = normalizeResponse(polarOrigin, entity, { records, observedAt });
  const effects = await transaction(db().pool, async (client) => {
    await lockSource(client, polarOrigin);
    return writeRows(client, written, { account: 'default', via: 'walk', runId: null });
  });
  return effects.get(entity.table);
}

test('a page with stored rows after pages of new ones updates those that changed, with their sets', async () => {
  const products = [product(11), product(12)];
  for (const number of [1, 2, 3])
    expect(await write([session(number, { products })], at(10))).toMatchObject({ inserted: 1 });
  const page = [
    session(1, { status: 'confirmed', modified_at: at(5), products: [product(12)] }),
    session(2, { products }),
    session(4, { products }),
  ];
  expect(await write(page, at(20))).toEqual({ inserted: 1, updated: 1, skewed: 0 });
  expect(await value(db(), 'select status from polar.checkouts where id = $1', [uuid(1)])).toBe('confirmed');
  const members = 'select checkout_id from polar.checkout_products group by 1 having count(*) = $1 order by 1';
  const parents = async (count: number) => (await rows(db(), members, [count])).map(({ checkout_id: id }) => id);
  expect(await parents(1)).toEqual([uuid(1)]);
  expect(await parents(2)).toEqual([uuid(2), uuid(3), uuid(4)]);
  const feed = await rows(db(), `select op from sync.changes where relation = 'polar.checkouts' order by seq`);
  expect(feed.map(({ op }) => op)).toEqual(['i', 'i', 'i', 'i', 'u']);
  expect(await value(db(), 'select count(*)::int from history.checkouts')).toBe(5);
});
