import { expect, test } from 'vitest';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import { parseJson } from '../../src/model/json.ts';
import { later, DAY } from '../../src/simulator/instants.ts';
import { freshDatabase } from '../support/database.ts';
import { dump } from '../support/dump.ts';
import { startPolar } from '../support/polar.ts';
import { engineOf } from '../support/engine.ts';
import { damage, rows, value } from '../support/records.ts';
import { call } from '../support/run.ts';
import { polarAt } from '../support/source.ts';

const STREAM = 'polar.benefit_grants';
const SECRET = 'whsec_of_the_endpoint';

/** A merchant whose token may read grants, and one grant of each benefit. */
async function prepare() {
  const [simulator, db] = [await startPolar({ links: 1, checkouts: 0, scopes: 'every' }), await freshDatabase()];
  const { polar } = simulator;
  const settings = { POLAR_STREAMS: 'benefit_grants', POLAR_WEBHOOK_SECRET: SECRET };
  const source = polarAt(simulator, settings);
  const benefits = [...polar.benefits.values()].filter(({ is_deleted }) => !is_deleted);
  const created_at = later(polar.clock.now(), -9 * DAY);
  const grants = benefits.map(({ id }) => polar.createGrant({ benefit_id: id, created_at }));
  const grantOf = (type: string) =>
    grants.find(({ benefit_id }) => polar.benefits.get(benefit_id)?.type === type)?.id ?? '';
  return { polar, simulator, db, source, grants, grantOf, ...engineOf(source, db) };
}

test('keys and invitations of grants are stored nowhere, the rest of their properties is', async () => {
  const { polar, db, grantOf, sync } = await prepare();
  await sync(STREAM);
  const [slack, licence] = [grantOf('slack_shared_channel'), grantOf('license_keys')];
  const stored = await dump(db);
  for (const [id, key] of [
    [slack, 'invite_url'],
    [licence, 'user_provided_key'],
  ] as const) {
    const { [key]: secret, ...kept } = polar.streams.benefit_grants.records.get(id)?.properties ?? {};
    expect(stored).not.toContain(secret);
    expect(await value(db, 'select properties from polar.benefit_grants where id = $1', [id])).toEqual(kept);
  }
});

test('a webhook of a grant is applied, without what its properties were before', async () => {
  const { polar, simulator, db, source, grantOf, sync } = await prepare();
  await sync(STREAM);
  const id = grantOf('meter_credit');
  const posts = simulator.webhooksOf(() => {
    polar.cycleGrant(id);
    polar.revokeGrant(id);
    polar.grantAgain(id);
  }, SECRET);
  const events = posts.map(({ body }) => source.webhooks?.parseEvent(parseJson(body)));
  expect(events.map((event) => event?.type)).toEqual([
    'benefit_grant.cycled',
    'benefit_grant.revoked',
    'benefit_grant.updated',
  ]);
  const webhooks = events.map((event, at) => ({ id: String(at), receivedAt: new Date().toISOString(), event }));
  expect(await commitWebhooks(db, source, webhooks)).toEqual(['applied', 'applied', 'applied']);
  const { properties } = polar.streams.benefit_grants.records.get(id) ?? {};
  const grant = 'select is_granted, is_revoked, properties, extra from polar.benefit_grants where id = $1';
  expect(await rows(db, grant, [id])).toEqual([{ is_granted: true, is_revoked: false, properties, extra: {} }]);
});

test('a grant that a walk misses keeps its row, as nothing proves that it is gone', async () => {
  const { polar, db, grants, sync, verify } = await prepare();
  await sync(STREAM);
  const [grant] = grants;
  if (grant) polar.streams.benefit_grants.driver.remove?.(grant.id);
  await damage(
    db,
    `insert into polar.benefit_grants (id, created_at, account, observed_at, organization_id)
    values (gen_random_uuid(), '2026-01-01', 'default', '2026-01-01', '${polar.organizationId}')`,
  );
  expect(await sync(STREAM)).toMatchObject({ outcome: 'complete', tombstoned: 0 });
  expect(await verify(STREAM)).toMatchObject({ missing: 0, extra: 0, different: 0 });
});

test('what differs of a grant is found by verify, and by a sample of it, though none can be read by its id', async () => {
  const { db, grants, sync, verify } = await prepare();
  await sync(STREAM);
  await db.pool.query('update polar.benefit_grants set is_granted = false where id = $1', [grants[0]?.id]);
  expect(await verify(STREAM)).toMatchObject({ different: 1 });
  expect(await verify(STREAM, 1)).toMatchObject({ different: 1 });
});

test('pull says that Polar has no request for a single grant', async () => {
  const { simulator, db } = await prepare();
  const settings = { DATABASE_URL: db.url, ...simulator.settings };
  const { code, stderr } = await call(['pull', STREAM, crypto.randomUUID()], settings);
  expect(code).toBe(2);
  expect(stderr).toContain('no request for a single record of polar.benefit_grants');
});
