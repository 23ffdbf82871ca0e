import { expect, test } from 'vitest';
import { maskRows } from '../../src/load/masks.ts';
import { isObject, type Json } from '../../src/model/json.ts';
import type { Batch } from '../../src/normalize/batch.ts';
import { emptyBatch, addResponse } from '../../src/normalize/normalize.ts';
import { masksOf } from '../../src/normalize/masks.ts';
import { checkout } from '../../src/sources/polar/checkout.ts';
import { at, product, session, uuid } from '../support/records.ts';

function frozen<T extends Json>(value: T): T {
  if (Array.isArray(value)) value.forEach(frozen);
  else if (isObject(value)) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

const price = { id: uuid(71), created_at: at(0), modified_at: null, product_id: uuid(7), lot: 4 };
const benefit = { id: uuid(80), created_at: at(0), modified_at: null, type: 'hologram', api_token: 'a credential' };
const offered = product(7, { description: 'Wow', prices: [price, 'none'], benefits: [benefit, benefit], medias: [] });
const nested = {
  product: offered,
  products: [offered, product(9)],
  prices: { [uuid(7)]: [price, { ...price, id: uuid(72) }, 'none'], [uuid(8)]: 'no list' },
};

/** Returns the batches of three pages whose sessions nest the same product and prices. */
function threePages(sent: typeof nested, afterwards: (batch: Batch) => void = () => undefined) {
  return [10, 20, 30].map((minute) => {
    const records = [1, 2].map((n) => session(n, sent));
    const batch = emptyBatch({ secretKeys: new Set() });
    addResponse(batch, checkout, { records, observedAt: at(minute) });
    const tables = [...batch.rows.values()].map(({ plan, columnSets }) => ({ table: plan.name, columnSets }));
    const made = structuredClone({ tables, drift: batch.drift, ids: batch.ids });
    afterwards(batch);
    return made;
  });
}

test('what pages nest again comes to the same rows, in the same order, and counts the same fields', () => {
  expect(threePages(frozen(structuredClone(nested)))).toEqual(threePages(structuredClone(nested)));
});

test('what is masked of one page is not masked of the next', () => {
  const masks = masksOf(
    { privateColumns: new Set(['polar.products.description']), keepFor: undefined },
    { isForgotten: undefined, cutoff: null },
  );
  const pages = threePages(frozen(structuredClone(nested)), ({ rows }) => maskRows(rows, masks));
  expect(pages).toEqual(threePages(structuredClone(nested)));
});
