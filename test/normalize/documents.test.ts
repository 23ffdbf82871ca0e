import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Database } from '../../src/database/database.ts';
import { freshDatabase } from '../support/database.ts';
import { at, rows, store } from '../support/records.ts';

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../support/documents/${name}.json`, import.meta.url), 'utf8')) as JsonObject;
const items = (name: string) => read(name).items as JsonObject[];

/** Table of each nested object of a document. */
const tableOf: Record<string, string> = {
  products: 'products',
  product: 'products',
  prices: 'product_prices',
  product_price: 'product_prices',
  benefits: 'benefits',
  medias: 'medias',
  discount: 'discounts',
  custom_field: 'custom_fields',
};

const isInstant = (value: Json): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
const comparable = (value: Json) => (isInstant(value) ? Date.parse(value) : value);

/** Fields of the document that are neither in their column nor in extra, nested ones included. */
async function missing(table: string, document: JsonObject): Promise<string[]> {
  const [found] = await rows(db, `select to_jsonb(t) as row from polar.${table} t where id = $1`, [document.id]);
  if (!found) return [`${table}: no row`];
  const row = found.row as JsonObject;
  const stored: JsonObject = { ...(row.extra as JsonObject), ...row };
  const absent: string[] = [];
  for (const [key, value] of Object.entries(document)) {
    if (key === 'client_secret') continue;
    const nested = tableOf[key] ? [value].flat().filter(isObject) : [];
    for (const part of nested) absent.push(...(await missing(tableOf[key] ?? '', part)));
    if (key === 'attached_custom_fields') {
      for (const field of value as JsonObject[])
        absent.push(...(await missing('custom_fields', field.custom_field as JsonObject)));
    } else if (nested.length === 0 && !isDeepStrictEqual(comparable(stored[key] ?? null), comparable(value))) {
      absent.push(`${table}.${key}: ${JSON.stringify(value)} became ${JSON.stringify(stored[key])}`);
    }
  }
  return absent;
}

test.each([
  ['a link of 2025', 'checkout_links', [read('link-2025')]],
  ['a list of links of 2025', 'checkout_links', items('links-2025')],
  ['a link of November 2025', 'checkout_links', [read('link-2025-11')]],
  ['a list of sessions of December 2024', 'checkouts', items('checkouts-2024-12')],
] as const)('%s lands whole', async (_name, table, documents) => {
  await store(db, `polar.${table}`, [...documents], at(10));
  for (const document of documents) expect(await missing(table, document)).toEqual([]);
});

test('the sets of the old documents are stored as well', async () => {
  await store(db, 'polar.checkout_links', [read('link-2025')], at(10));
  await store(db, 'polar.checkouts', items('checkouts-2024-12'), at(10));
  for (const table of ['checkout_link_products', 'product_benefits', 'product_medias', 'checkout_custom_fields'])
    expect((await rows(db, `select 1 from polar.${table}`)).length, table).toBeGreaterThan(0);
});
