import { expect, test } from 'vitest';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import { checkout } from '../../src/sources/polar/checkout.ts';
import { freshDatabase } from '../support/database.ts';
import { polarOrigin, session, store, uuid, value } from '../support/records.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Database } from '../../src/database/database.ts';
import { timestampMicros } from '../../src/model/clock.ts';

// What the published engines lose, as their probes show it: the later of two states of one second, and a webhook that a page read earlier overwrites.

let sent = 0;

const webhook = (db: Database, data: JsonObject, receivedAt = timestampMicros()) =>
  commitWebhooks(db, polarOrigin, [
    {
      id: `evt_${(sent += 1)}`,
      receivedAt,
      event: { type: 'checkout.updated', recordId: null, record: { entity: checkout, data, isDeleted: false } },
    },
  ]);

const name = (db: Database) => value(db, 'select customer_name from polar.checkouts where id = $1', [uuid(1)]);
const state = (customer_name: string, modified_at = '2026-05-05T12:00:01Z') =>
  session(1, { modified_at, customer_name });

test('of two webhooks of the same second the later one stays', async () => {
  const db = await freshDatabase();
  await webhook(db, state('OLD'));
  await webhook(db, state('NEW'));
  expect(await name(db)).toBe('NEW');
});

test('a page that was read before a webhook and is written after it loses, whether or not their dates are equal', async () => {
  const db = await freshDatabase();
  const readAt = timestampMicros();
  await webhook(db, state('FRESH_FROM_WEBHOOK'));
  await store(db, 'polar.checkouts', [state('STALE_FROM_PAGE')], readAt);
  expect(await name(db)).toBe('FRESH_FROM_WEBHOOK');
  await store(db, 'polar.checkouts', [state('STALE_FROM_PAGE', '2026-05-05T12:00:00Z')], timestampMicros());
  expect(await name(db)).toBe('FRESH_FROM_WEBHOOK');
});
