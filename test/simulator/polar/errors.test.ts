import { expect, test } from 'vitest';
import { ask, errorOf, first, simulate } from '../../support/ask.ts';

test('a missing token and a bad token are refused in two shapes', async () => {
  const simulator = await simulate();
  const none = await ask(simulator, '/v1/checkouts/', { authorization: null });
  expect([none.status, errorOf(none)]).toEqual([401, { error: 'Unauthorized', detail: 'Unauthorized' }]);
  expect(none.header('www-authenticate')).toBe('Bearer realm="polar"');
  const bad = await ask(simulator, '/v1/checkouts/', { authorization: 'Bearer polar_oat_revoked' });
  expect([bad.status, errorOf(bad).error]).toEqual([401, 'invalid_token']);
  expect(errorOf(bad)).not.toHaveProperty('detail');
});

test('a token that is revoked while the simulator runs stops working', async () => {
  const simulator = await simulate();
  simulator.polar.settings.token = 'polar_oat_next';
  expect((await ask(simulator, '/v1/checkouts/')).status).toBe(401);
  expect((await ask(simulator, '/v1/checkouts/', { authorization: 'Bearer polar_oat_next' })).status).toBe(200);
});

test('a missing scope is a 403 that names the scopes, and a write scope reads too', async () => {
  const simulator = await simulate({ scopes: ['checkout_links:write'] });
  const refused = await ask(simulator, '/v1/checkouts/');
  expect([refused.status, errorOf(refused).error]).toEqual([403, 'insufficient_scope']);
  expect(refused.header('www-authenticate')).toContain('scope="checkouts:read checkouts:write"');
  expect((await ask(simulator, '/v1/checkout-links/')).status).toBe(200);
});

test('a record that does not exist is a 404 that names the error, an unknown path is not', async () => {
  const simulator = await simulate();
  for (const path of ['/v1/checkouts/', '/v1/checkout-links/', '/v1/checkouts/custom/']) {
    const answer = await ask(simulator, `${path}6f1f5d0e-2c51-4a8c-9a0a-2f1f5d0e2c51`);
    expect([answer.status, errorOf(answer)]).toEqual([404, { error: 'ResourceNotFound', detail: 'Not found' }]);
  }
  const unknown = await ask(simulator, '/v1/checkoutz/');
  expect([unknown.status, errorOf(unknown)]).toEqual([404, { detail: 'Not Found' }]);
});

test.for([
  ['1', 'uuid_parsing'],
  ['%E0', 'uuid_parsing'],
  ['6f1f5d0e-2c51-1a8c-9a0a-2f1f5d0e2c51', 'uuid_version'],
] as const)('the id %s is a 422 of type %s', async ([id, type]) => {
  const simulator = await simulate();
  const answer = await ask(simulator, `/v1/checkouts/${id}`);
  expect(answer.status).toBe(422);
  expect(errorOf(answer)).toMatchObject({
    error: 'RequestValidationError',
    detail: [{ type, loc: ['path', 'id'], input: id }],
  });
});

test.for([
  ['page=0', 'greater_than', 'page'],
  ['limit=-5', 'greater_than', 'limit'],
  ['limit=many', 'int_parsing', 'limit'],
  ['page=1.5', 'int_parsing', 'page'],
  ['organization_id=1', 'uuid_parsing', 'organization_id'],
  ['status=paid', 'enum', 'status'],
] as const)('%s is a 422 of type %s', async ([query, type, name]) => {
  const simulator = await simulate();
  const answer = await ask(simulator, `/v1/checkouts/?${query}`);
  expect(answer.status).toBe(422);
  expect(errorOf(answer)).toMatchObject({ error: 'RequestValidationError', detail: [{ type, loc: ['query', name] }] });
});

test.for(['id', 'modified_at', '-modified_at', 'label'])(
  'sorting sessions by %s is a 422 of type enum',
  async (criterion) => {
    const simulator = await simulate();
    const answer = await ask(simulator, `/v1/checkouts/?sorting=${criterion}`);
    expect(answer.status).toBe(422);
    expect(errorOf(answer)).toMatchObject({
      error: 'PolarRequestValidationError',
      detail: [{ type: 'enum', loc: ['query', 'sorting'] }],
    });
  },
);

test('a list without its trailing slash is redirected with 307, a record with one as well', async () => {
  const simulator = await simulate();
  const list = await ask(simulator, '/v1/checkouts?limit=3&status=open');
  expect([list.status, list.header('location')]).toEqual([307, `${simulator.url}/v1/checkouts/?limit=3&status=open`]);
  const id = first(simulator.polar.checkouts.keys());
  const record = await ask(simulator, `/v1/checkouts/${id}/`);
  expect([record.status, record.header('location')]).toEqual([307, `${simulator.url}/v1/checkouts/${id}`]);
});

test('the old address of sessions is still served', async () => {
  const simulator = await simulate();
  const id = first(simulator.polar.checkouts.keys());
  const [old, now] = [await ask(simulator, `/v1/checkouts/custom/${id}`), await ask(simulator, `/v1/checkouts/${id}`)];
  expect([old.status, old.text]).toEqual([200, now.text]);
  const lists = [await ask(simulator, '/v1/checkouts/custom/'), await ask(simulator, '/v1/checkouts/')];
  expect(lists[0]?.text).toBe(lists[1]?.text);
});

test('no answer may be cached, and only the sandbox says that it is one', async () => {
  const [live, sandbox] = [await simulate(), await simulate({ sandbox: true })];
  for (const path of ['/v1/checkouts/', '/v1/checkouts/1', '/v1/nothing']) {
    const answer = await ask(live, path);
    expect([answer.header('cache-control'), answer.header('x-polar-sandbox')]).toEqual(['private, no-store', null]);
    expect((await ask(sandbox, path)).header('x-polar-sandbox')).toBe('1');
  }
});
