import { expect, test } from 'vitest';
import { polarWebhooks } from '../../src/sources/polar/webhooks.ts';
import { freshDatabase } from '../support/database.ts';
import { engineOf } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { rows } from '../support/records.ts';
import { polarAt } from '../support/source.ts';

const [ORGANIZATIONS, METERS] = ['polar.organizations', 'polar.meters'];

/** A merchant whose token sees two organizations. */
async function prepare() {
  const [simulator, db] = [await startPolar({ links: 1, checkouts: 0, scopes: 'every' }), await freshDatabase()];
  const other = simulator.polar.createOrganization({ name: 'Another' });
  const engineWith = (settings: Record<string, string>) =>
    engineOf(polarAt(simulator, { POLAR_STREAMS: 'organizations,meters', ...settings }), db);
  return { polar: simulator.polar, db, other, engineWith };
}

test('all organizations of the token are stored, or the one that the settings name', async () => {
  const { polar, db, other, engineWith } = await prepare();
  const { sync, pull } = engineWith({ POLAR_ORGANIZATION_ID: polar.organizationId });
  expect(await sync(ORGANIZATIONS)).toMatchObject({ outcome: 'complete', requests: 1, records: 1 });
  expect(await rows(db, 'select id from polar.organizations')).toEqual([{ id: polar.organizationId }]);
  expect(await pull(ORGANIZATIONS, other.id)).toMatchObject([{ outcome: 'excluded' }]);
  expect(await engineWith({}).sync(ORGANIZATIONS)).toMatchObject({ outcome: 'complete', records: 2 });
  const named = 'select name, email, extra from polar.organizations where id = $1';
  expect(await rows(db, named, [other.id])).toEqual([{ name: 'Another', email: other.email, extra: {} }]);
});

test('the webhook of an organization is of the one that the settings name, or ignored', async () => {
  const { polar, other } = await prepare();
  const { parseEvent } = polarWebhooks(['a secret of the test'], polar.organizationId);
  const event = (id: string) => parseEvent({ type: 'organization.updated', data: { id, name: 'Renamed' } });
  expect(event(polar.organizationId)).toMatchObject({ record: { data: { name: 'Renamed' }, isDeleted: false } });
  expect(event(other.id)).toMatchObject({ ignored: 'it is of another organization than POLAR_ORGANIZATION_ID' });
});

test('an archived meter stays listed, with its date, and prices name it', async () => {
  const { polar, db, engineWith } = await prepare();
  const [meter] = polar.streams.meters.records.values();
  const { archived_at } = polar.archiveMeter(meter?.id ?? '');
  expect(await engineWith({}).sync(METERS)).toMatchObject({ outcome: 'complete', tombstoned: 0 });
  const stored = 'select archived_at = $2 as same, deleted_at from polar.meters where id = $1';
  expect(await rows(db, stored, [meter?.id, archived_at])).toEqual([{ same: true, deleted_at: null }]);
});
