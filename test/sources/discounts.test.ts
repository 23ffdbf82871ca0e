import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { polarAt } from '../support/source.ts';

const DISCOUNTS = 'polar.discounts';
const LINKS = 'polar.checkout_links';

/** A merchant with links, whose discounts are limited to products that have prices, and the tables after a walk of links. */
async function prepare() {
  const [simulator, db] = [await startPolar({ links: 30, checkouts: 0, scopes: 'every' }), await freshDatabase()];
  const { polar } = simulator;
  const engine = engineOf(polarAt(simulator, { POLAR_STREAMS: 'checkout_links,discounts' }), db);
  await engine.sync(LINKS);
  const limited = [...polar.discounts.values()].find(({ product_ids }) => product_ids.length > 0);
  if (!limited) throw new Error('no seeded discount is limited to products');
  return { polar, db, limited, ...engine };
}

test('the products of a discount, which have no prices there, keep theirs', async () => {
  const { db, limited, sync, verify } = await prepare();
  const held = () =>
    rows(
      db,
      `select (select count(*)::int from polar.product_prices where not is_archived) as prices,
        (select count(*)::int from polar.product_benefits) as benefits, (select count(*)::int from polar.product_medias) as medias`,
    );
  const before = await held();
  expect(await sync(DISCOUNTS)).toMatchObject({ outcome: 'complete' });
  expect(await held()).toEqual(before);
  const named = await value(
    db,
    'select json_agg(product_id order by position) from polar.discount_products where discount_id = $1',
    [limited.id],
  );
  expect(named).toEqual(limited.product_ids);
  for (const stream of [LINKS, DISCOUNTS]) expect(await verify(stream)).toMatchObject({ differences: [] });
});

test('links, which do not show the products of a discount, take none away', async () => {
  const { polar, db, limited, sync } = await prepare();
  const [link] = polar.links.values();
  polar.updateLink(link?.id ?? '', { discount_id: limited.id });
  await sync(DISCOUNTS);
  polar.updateDiscount(limited.id, { name: 'Renamed' });
  await sync(LINKS);
  expect(await value(db, 'select name from polar.discounts where id = $1', [limited.id])).toBe('Renamed');
  const products = 'select count(*)::int from polar.discount_products where discount_id = $1';
  expect(await value(db, products, [limited.id])).toBe(limited.product_ids.length);
});

test('a redemption, which has no webhook and no date, is stored by the next walk, and so is one less', async () => {
  const { polar, db, limited, sync } = await prepare();
  await sync(DISCOUNTS);
  const count = () => value(db, 'select redemptions_count from polar.discounts where id = $1', [limited.id]);
  polar.redeemDiscount(limited.id);
  await sync(DISCOUNTS);
  expect(await count()).toBe(limited.redemptions_count + 1);
  polar.unredeemDiscount(limited.id);
  await sync(DISCOUNTS);
  expect(await count()).toBe(limited.redemptions_count);
});
