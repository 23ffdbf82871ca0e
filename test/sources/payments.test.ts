import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { contents, rows } from '../support/records.ts';
import { polarAt } from '../support/source.ts';

const STREAM = 'polar.payments';

async function prepare() {
  const [polar, db] = [await startPolar({ links: 1, checkouts: 0, scopes: 'every' }), await freshDatabase()];
  polar.streams[STREAM]?.seed(3);
  return { polar: polar.polar, db, ...engineOf(polarAt(polar, { POLAR_STREAMS: 'payments' }), db) };
}

test('the digits of a card and what the processor said are stored nowhere', async () => {
  const { polar, db, sync } = await prepare();
  const method_metadata = { brand: 'visa', last4: '7391' };
  const { id } = polar.createPayment({ method_metadata, processor_metadata: { note: 'recognisable of the test' } });
  await sync(STREAM);
  expect(await rows(db, 'select method_metadata, extra from polar.payments where id = $1', [id])).toEqual([
    { method_metadata: { brand: 'visa' }, extra: {} },
  ]);
  const held = Object.entries(await contents(db)).filter(([, all]) => /7391"|recognisable/.test(JSON.stringify(all)));
  expect(held).toEqual([]);
});

test('an incremental walk of payments asks for the newest page, and for those that are pending', async () => {
  const { polar, sync } = await prepare();
  await sync(STREAM);
  polar.createPayment();
  expect(await sync(STREAM, 'incremental')).toMatchObject({ outcome: 'complete', requests: 2, inserted: 1 });
});
