import { expect, test } from 'vitest';
import { ask, errorOf, first, simulate } from '../../support/ask.ts';

const paths = ['/v1/checkouts/', '/v1/checkout-links/', '/v1/checkouts/custom/', '/v1/nothing', '/'];

test('every answer names the version that was asked for, errors included', async () => {
  const simulator = await simulate();
  for (const version of ['2026-04', '2026-10', '2027-01']) {
    for (const path of paths) {
      const answer = await ask(simulator, path, { 'polar-version': version });
      expect(answer.header('polar-version')).toBe(version);
    }
  }
});

test.for([null, ''])('a request with the version %j gets the current one', async (version) => {
  const simulator = await simulate();
  const answer = await ask(simulator, '/v1/checkouts/', { 'polar-version': version });
  expect([answer.status, answer.header('polar-version')]).toEqual([200, '2026-10']);
});

test.for(['2025-01', '2026-13', 'latest', '2026-10-01', '2026-1'])(
  'the unknown version %s is a 404 on every route, without the version header',
  async (version) => {
    const simulator = await simulate();
    for (const path of [...paths, `/v1/checkouts/${first(simulator.polar.checkouts.keys())}`]) {
      const answer = await ask(simulator, path, { 'polar-version': version, authorization: null });
      expect([answer.status, errorOf(answer)]).toEqual([404, { detail: 'Not Found' }]);
      expect(answer.header('polar-version')).toBeNull();
    }
  },
);

test('a version that is taken away while the simulator runs answers 404 on records that exist', async () => {
  const simulator = await simulate();
  const path = `/v1/checkouts/${first(simulator.polar.checkouts.keys())}`;
  expect((await ask(simulator, path)).status).toBe(200);
  simulator.polar.settings.versions = ['2027-01'];
  const answer = await ask(simulator, path);
  expect([answer.status, errorOf(answer), answer.header('polar-version')]).toEqual([
    404,
    { detail: 'Not Found' },
    null,
  ]);
});
