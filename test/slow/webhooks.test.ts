import { setImmediate as breathe } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { signedWebhook } from '../../src/simulator/polar/webhooks.ts';
import { random, shuffle } from '../../src/simulator/random.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { freshDatabase } from '../support/database.ts';
import { unlikeFresh } from '../support/fresh.ts';
import { startPolar } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { startServiceProcess, until } from '../support/service.ts';

const SECRET = 'polar_whs_a_secret_for_this_test';
const EDITS = 9000;
const SEED = 11;

type Delivery = ReturnType<typeof signedWebhook>;

/** Edits sessions, old ones and new ones, and signs a webhook for each edit; a tenth of them twice. */
async function editAndSign({ polar }: Simulator): Promise<Delivery[]> {
  const chance = random(SEED, 'edits');
  const ids = [...polar.checkouts.keys()];
  const deliveries: Delivery[] = [];
  for (let edit = 0; edit < EDITS; edit++) {
    const isNew = chance.chance(0.1);
    const id = isNew ? polar.createCheckout().id : (ids[chance.integer(0, ids.length - 1)] ?? '');
    if (isNew) ids.push(id);
    else polar.updateCheckout(id, { customer_name: `Edit ${edit}` });
    const delivery = signedWebhook(
      polar,
      { type: isNew ? 'checkout.created' : 'checkout.updated', id },
      { secret: SECRET },
    );
    deliveries.push(delivery, ...(chance.chance(0.1) ? [delivery] : []));
    if (edit % 50 === 0) await breathe(); // the walk reads pages meanwhile
  }
  return deliveries;
}

/** Posts deliveries, `lanes` at a time. Returns the number of each status. */
async function post(url: string, deliveries: readonly Delivery[], lanes = 24): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  let next = 0;
  const lane = async () => {
    for (let delivery = deliveries[next++]; delivery; delivery = deliveries[next++]) {
      const { headers, body } = delivery;
      const { status } = await fetch(`${url}/webhooks/polar`, { method: 'POST', headers, body });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return statuses;
}

test('10,000 webhooks, shuffled, a tenth twice, while a full walk reads older pages: tables equal the source', async () => {
  const polar = await startPolar({ links: 20, checkouts: 5000, latencyMs: 100 });
  const db = await freshDatabase();
  const off = { SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'off', SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'off' };
  const service = await startServiceProcess({
    DATABASE_URL: db.url,
    POLAR_ACCESS_TOKEN: polar.token,
    POLAR_API_URL: polar.url,
    POLAR_WEBHOOK_SECRET: SECRET,
    POLAR_REQUESTS_PER_MINUTE: '900',
    ...off,
  });
  const deliveries = await editAndSign(polar);
  shuffle(deliveries, 0, deliveries.length, random(SEED, 'order'));
  const statuses = await post(service.url, deliveries);
  expect(statuses).toEqual({ 200: deliveries.length });
  await until(
    'the walks are complete',
    async () => (await value(db, `select count(distinct stream)::int from sync.runs where outcome = 'complete'`)) === 2,
  );
  expect(await rows(db, `select outcome, count(*)::int from sync.webhook_events group by 1`)).toEqual([
    { outcome: 'applied', count: EDITS },
  ]);
  expect(await unlikeFresh(polar, db)).toEqual([]);
});

test('of two webhooks with the same modified_at the one that came later stays, whatever page is read before or after', async () => {
  const polar = await startPolar({ links: 0, checkouts: 300 });
  const db = await freshDatabase();
  const service = await startServiceProcess({
    DATABASE_URL: db.url,
    POLAR_ACCESS_TOKEN: polar.token,
    POLAR_API_URL: polar.url,
    POLAR_WEBHOOK_SECRET: SECRET,
  });
  await until(
    'the sessions are stored',
    async () => (await value(db, 'select count(*)::int from polar.checkouts')) === 300,
  );
  const at = polar.polar.clock.now();
  const pairs = [...polar.polar.checkouts.keys()].slice(0, 200).map((id) =>
    ['First', 'Second'].map((name) => {
      polar.polar.updateCheckout(id, { customer_name: name }, at);
      return signedWebhook(polar.polar, { type: 'checkout.updated', id }, { secret: SECRET });
    }),
  );
  await post(
    service.url,
    pairs.flatMap(([first]) => first ?? []),
  );
  await post(
    service.url,
    pairs.flatMap(([, second]) => second ?? []),
  );
  expect(
    await rows(db, `select customer_name, count(*)::int from polar.checkouts where modified_at = $1 group by 1`, [at]),
  ).toEqual([{ customer_name: 'Second', count: 200 }]);
  expect(await unlikeFresh(polar, db)).toEqual([]);
});
