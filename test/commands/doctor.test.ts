import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { CheckResult } from '../../src/model/check.ts';
import { checkAll } from '../../src/commands/checks.ts';
import { parseConfig } from '../../src/config/config.ts';
import { requireVersion } from '../../src/database/migrate.ts';
import { requireRedis } from '../../src/queue/check-queue.ts';
import type { FynnSimulator } from '../../src/simulator/fynn-simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { asNewRole, connectClient, freshDatabaseUrl } from '../support/database.ts';
import { PROXY_PASSWORD, startForwardProxy } from '../support/forward-proxy.ts';
import { startFynn } from '../support/fynn.ts';
import { startPolar } from '../support/polar.ts';
import { CORE_STREAMS, polarAt } from '../support/source.ts';
import { startRedis } from '../support/redis.ts';
import { call, run } from '../support/run.ts';

const SECRET = 'hunter2hunter2hunter2';
/** A port that nobody listens on. */
const CLOSED = '127.0.0.1:1';

/** Scopes that a token needs for every stream of Polar. */
const SCOPES = polarAt({ url: `http://${CLOSED}` }).streams.map(({ permission }) => permission);

const toPolar = ({ url, token }: Simulator) => ({ POLAR_API_URL: url, POLAR_ACCESS_TOKEN: token, ...CORE_STREAMS });
const toFynn = ({ url, apiKey }: FynnSimulator) => ({ FYNN_API_URL: url, FYNN_API_KEY: apiKey });

/** Returns the doctor's results with these settings, by name. */
async function doctor(settings: Record<string, string>) {
  const checks = await checkAll(parseConfig(settings), new AbortController().signal);
  for (const { state, code, advice } of checks)
    expect([code !== undefined, advice !== undefined]).toEqual([state === 'problem', state === 'problem']);
  const names = (state: CheckResult['state']) =>
    checks.filter((check) => check.state === state).map(({ check }) => check);
  const say = (name: string) => {
    const found = checks.find(({ check }) => check === name);
    return found && [found.state, found.found, found.advice].filter(Boolean).join(': ');
  };
  return {
    problems: names('problem'),
    skipped: names('skipped'),
    fine: names('ok'),
    say,
    text: JSON.stringify(checks),
  };
}

/** Returns all tables of a database with their contents. */
async function contentsOf(url: string): Promise<unknown[]> {
  const client = await connectClient(url);
  const { rows } = await client.query(
    `select n.nspname, c.relname,
       case when c.oid is not null then query_to_xml(format('select * from %I.%I', n.nspname, c.relname), true, false, '')::text end
     from pg_namespace n left join pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
     where n.nspname !~ '^(pg_|information_schema)' order by 1, 2`,
  );
  return rows;
}

test('all is well: every check is ok, it ends with 0, writes nothing, sends a handful of requests, tells no secret', async () => {
  const [polar, fynn] = [await startPolar(), await startFynn()];
  const url = await freshDatabaseUrl();
  const organization = [...polar.polar.links.values()][0]?.organization_id ?? '';
  const settings = {
    ...toPolar(polar),
    ...toFynn(fynn),
    DATABASE_URL: url,
    POLAR_ORGANIZATION_ID: organization,
    POLAR_WEBHOOK_SECRET: SECRET,
    HOST: '0.0.0.0',
    ADMIN_TOKEN: SECRET,
    LOG_LEVEL: 'trace',
  };
  const before = await contentsOf(url);
  const [json, people] = [await call(['doctor', '--json'], settings), await call(['doctor'], settings)];
  expect([json.code, people.code, json.stderr, people.stderr]).toEqual([0, 0, '', '']);
  const { ok, checks } = JSON.parse(json.stdout) as { ok: boolean; checks: CheckResult[] };
  expect(ok).toBe(true);
  expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(checks.map(({ check }) => check)).toEqual([
    ...['sources', 'webhooks', 'schedules', 'admin_token'].map((name) => `settings.${name}`),
    ...[
      'connection',
      'version',
      'encoding',
      'grants',
      'migrations',
      'tables',
      'views',
      'write',
      'clock',
      'observed_at',
    ].map((name) => `database.${name}`),
    'queue.backend',
    ...['api', 'version', 'token', ...SCOPES.map((scope) => `scopes.${scope}`)].map((name) => `polar.${name}`),
    'polar.organization',
    'polar.clock',
    'fynn.api',
    'fynn.key',
    ...['checkout-link', 'price-plan'].map((name) => `fynn.permissions.${name}:read`),
    'fynn.clock',
  ]);
  expect(people.stdout).toMatch(/^ok {7}database\.version {21}Postgres \d/m);
  expect(people.stdout).toMatch(/\nNo problem found\.\n$/);
  for (const secret of [SECRET, polar.token, fynn.apiKey, new URL(url).password])
    expect(json.stdout + people.stdout).not.toContain(secret);
  expect(polar.requests.length + fynn.requests.length).toBe(2 * (SCOPES.length + 2));
  expect([...polar.requests, ...fynn.requests].every(({ method }) => method === 'GET')).toBe(true);
  expect(await contentsOf(url)).toEqual(before);
});

test('a token without a scope and a key without a permission: these alone are problems', async () => {
  const polar = await startPolar({ scopes: SCOPES.filter((scope) => scope !== 'checkouts:read') });
  const fynn = await startFynn({ permissions: ['price-plan:read'] });
  const settings = { ...toPolar(polar), ...toFynn(fynn), DATABASE_URL: await freshDatabaseUrl() };
  const { problems, skipped, say } = await doctor(settings);
  expect(problems).toEqual(['polar.scopes.checkouts:read', 'fynn.permissions.checkout-link:read']);
  expect(skipped).toEqual([]);
  expect(say('fynn.permissions.checkout-link:read')).toMatch(/\(403\): it needs checkout-link:read/);
  expect(say('polar.scopes.checkouts:read')).toMatch(
    /the access token lacks the scope checkouts:read \(403\): add it to the token/,
  );
});

test('a wrong token and a removed version: what depends on them is skipped, the other source is not', async () => {
  const [polar, fynn] = [await startPolar(), await startFynn()];
  const wrong = { ...toPolar(polar), ...toFynn(fynn), DATABASE_URL: await freshDatabaseUrl() };
  const [token, version, key] = await Promise.all([
    doctor({ ...wrong, POLAR_ACCESS_TOKEN: SECRET }),
    doctor({ ...wrong, POLAR_API_VERSION: '2024-01' }),
    doctor({ ...wrong, FYNN_API_KEY: SECRET }),
  ]);
  const scopes = SCOPES.map((scope) => `polar.scopes.${scope}`);
  expect(token.problems).toEqual(['polar.token']);
  expect(token.say('polar.token')).toMatch(/\(401\): set POLAR_ACCESS_TOKEN/);
  expect(token.skipped).toEqual(['polar.version', ...scopes, 'polar.organization']);
  expect(version.problems).toEqual(['polar.version']);
  expect(version.say('polar.version')).toMatch(/does not know API version 2024-01.*: set POLAR_API_VERSION/);
  expect(version.skipped).toEqual(['polar.token', ...scopes, 'polar.organization']);
  expect(key.problems).toEqual(['fynn.key']);
  expect(key.skipped).toEqual(['fynn.permissions.checkout-link:read', 'fynn.permissions.price-plan:read']);
  expect(token.text + key.text).not.toContain(SECRET);
});

test('an answer of another version than was asked for is a problem', async () => {
  const polar = await startPolar();
  polar.intercept(() => ({ fault: 'headers', headers: { 'polar-version': '2027-01' } }));
  const { problems, say } = await doctor({ ...toPolar(polar), DATABASE_URL: await freshDatabaseUrl() });
  expect(problems).toEqual(['polar.version']);
  expect(say('polar.version')).toMatch(
    /2026-10 was requested, the response is of version 2027-01: set POLAR_API_VERSION/,
  );
});

test('clocks may differ by 30 seconds, not more, either way', async () => {
  const [polar, fynn] = [await startPolar(), await startFynn()];
  const settings = { ...toPolar(polar), ...toFynn(fynn), DATABASE_URL: await freshDatabaseUrl() };
  const skew = (simulator: Simulator | FynnSimulator, seconds: number) =>
    simulator.intercept(() => ({
      fault: 'headers',
      headers: { date: new Date(Date.now() + seconds * 1000).toUTCString() },
    }));
  skew(polar, 35);
  skew(fynn, -35);
  const far = await doctor(settings);
  expect(far.problems).toEqual(['polar.clock', 'fynn.clock']);
  expect(far.say('polar.clock')).toMatch(/3[45] s behind that of polar: .*NTP/);
  expect(far.say('fynn.clock')).toMatch(/3[3456] s ahead of that of fynn/);
  skew(polar, 25);
  skew(fynn, -25);
  const near = await doctor(settings);
  expect(near.problems).toEqual([]);
  expect(near.say('polar.clock')).toMatch(/ok: .*2[45] s behind/);
});

test('an organization that the token does not see is a problem, and so are several when none is set', async () => {
  const polar = await startPolar({ links: 3, checkouts: 3 });
  const settings = { ...toPolar(polar), DATABASE_URL: await freshDatabaseUrl() };
  const [link] = [...polar.polar.links.values()];
  const wrong = await doctor({ ...settings, POLAR_ORGANIZATION_ID: '0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b' });
  expect(wrong.problems).toEqual(['polar.organization']);
  expect(wrong.say('polar.organization')).toContain(`set POLAR_ORGANIZATION_ID to ${link?.organization_id}`);
  expect(polar.requests).toHaveLength(2 * SCOPES.length);
  polar.polar.tamper(link?.id ?? '', (json) => ({ ...json, organization_id: 'another' }));
  const several = await doctor(settings);
  expect(several.problems).toEqual(['polar.organization']);
});

test('a database that was never migrated: run npx checkout-sync migrate; it is left as it is', async () => {
  const [polar, url] = [await startPolar(), await freshDatabaseUrl('template1')];
  const before = await contentsOf(url);
  const { problems, say } = await doctor({ ...toPolar(polar), DATABASE_URL: url });
  expect(problems).toEqual(['database.migrations']);
  expect(say('database.migrations')).toMatch(/^problem: \d+ pending: run npx checkout-sync migrate/);
  expect(await contentsOf(url)).toEqual(before);
});

test('a role that may not create schemas, or not write the tables there are, is a problem', async () => {
  const polar = await startPolar();
  const [empty, migrated] = [await freshDatabaseUrl('template1'), await freshDatabaseUrl()];
  const [newcomer, reader] = [await asNewRole(empty, SECRET), await asNewRole(migrated, SECRET)];
  const owner = await connectClient(migrated);
  await owner.query(`grant usage on schema polar, sync, history to ${reader.role}`);
  await owner.query(`grant select on all tables in schema polar, sync, history to ${reader.role}`);
  const settings = toPolar(polar);
  const [create, write] = await Promise.all([
    doctor({ ...settings, DATABASE_URL: newcomer.url }),
    doctor({ ...settings, DATABASE_URL: reader.url, REDIS_URL: `redis://${CLOSED}` }),
  ]);
  expect(create.problems).toEqual(['database.grants', 'database.migrations', 'queue.backend']);
  expect(create.say('database.grants')).toMatch(/may not create schemas.*: as the owner, grant create on database/);
  expect(write.problems).toEqual(['database.grants', 'queue.backend']);
  expect(write.say('database.grants')).toMatch(/may not read and write history\.checkout_links and \d+ more: /);
  await owner.query(`grant insert, update, delete on all tables in schema polar, sync, history to ${reader.role}`);
  await owner.query(`grant usage on all sequences in schema sync to ${reader.role}`);
  const served = { ...settings, DATABASE_URL: reader.url, REDIS_URL: `redis://${CLOSED}` };
  expect((await doctor(served)).problems).toEqual(['queue.backend']);
  for (const right of ['select', 'insert', 'update', 'delete']) {
    await owner.query(`revoke ${right} on polar.checkouts from ${reader.role}`);
    expect((await doctor(served)).say('database.grants')).toMatch(/may not read and write polar\.checkouts: /);
    await owner.query(`grant ${right} on polar.checkouts to ${reader.role}`);
  }
  expect(create.text + write.text).not.toContain(SECRET);
});

test('a database that can only be read is a problem', async () => {
  const [polar, url] = [await startPolar(), await freshDatabaseUrl()];
  const replica = `${url}?options=-c%20default_transaction_read_only%3Don`;
  const { problems, say } = await doctor({ ...toPolar(polar), DATABASE_URL: replica });
  expect(problems).toEqual(['database.grants']);
  expect(say('database.grants')).toContain('default_transaction_read_only is on');
});

test('what does not answer is told within ten seconds, one by one, with no secret', async () => {
  const fynn = await startFynn();
  fynn.intercept(() => 'hang');
  const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const address = silent.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const settings = {
    ...toFynn(fynn),
    ...CORE_STREAMS,
    POLAR_API_URL: `http://${CLOSED}`,
    POLAR_ACCESS_TOKEN: SECRET,
    DATABASE_URL: `postgres://user:${SECRET}@127.0.0.1:${port}/checkouts`,
    REDIS_URL: `redis://:${SECRET}@127.0.0.1:${port}`,
  };
  const started = performance.now();
  const { problems, skipped, say, text } = await doctor(settings);
  expect(performance.now() - started).toBeLessThan(30_000);
  expect(problems).toEqual(['database.connection', 'queue.backend', 'polar.api', 'fynn.api']);
  expect(skipped).toHaveLength(9 + 4 + 6 + 4);
  expect(say('polar.api')).toMatch(/ECONNREFUSED.*: check POLAR_API_URL/);
  expect(say('fynn.api')).toMatch(/(no response within 8 seconds|Headers Timeout Error\)): check FYNN_API_URL/);
  expect(say('database.connection')).toContain('timeout');
  expect(say('queue.backend')).toContain('timed out');
  expect(text).not.toContain(SECRET);
});

test('a source that asks for patience is reported immediately', async () => {
  const [polar, fynn] = [await startPolar(), await startFynn()];
  const headers = { 'retry-after': '300' };
  polar.intercept(() => ({ fault: 'status', status: 503, headers }));
  fynn.intercept(() => ({ fault: 'status', status: 429, headers }));
  const settings = { ...toPolar(polar), ...toFynn(fynn), DATABASE_URL: await freshDatabaseUrl() };
  const { problems, say } = await doctor(settings);
  expect(problems).toEqual(['polar.api', 'fynn.api']);
  expect(say('polar.api')).toMatch(/\(503\): try again later/);
  expect(say('fynn.api')).toMatch(/\(429\): try again in a minute/);
});

test('the proxy that requests go through is shown, without its password', async () => {
  const [proxy, polar] = [await startForwardProxy(), await startPolar()];
  const settings = { ...toPolar(polar), HTTP_PROXY: proxy.url, DATABASE_URL: await freshDatabaseUrl() };
  const { say, problems, text } = await doctor(settings);
  expect(problems).toEqual([]);
  expect(say('polar.api')).toBe(`ok: ${polar.url} responds, through the proxy ${proxy.origin}`);
  expect(text).not.toContain(PROXY_PASSWORD);
  const broken = await doctor({ ...settings, HTTP_PROXY: `http://${CLOSED}` });
  expect(broken.problems).toEqual(['polar.api']);
  expect(broken.say('polar.api')).toMatch(
    /through the proxy http:\/\/127.0.0.1:1 .*ECONNREFUSED.*that the proxy reaches it/,
  );
});

test('another address than that of the API is a problem, whatever it answers', async () => {
  const [polar, fynn] = [await startPolar(), await startFynn()];
  polar.intercept(() => 'redirect');
  fynn.intercept(() => ({ fault: 'rewrite', json: () => ({ welcome: 'to our website' }) }));
  const settings = { ...toPolar(polar), ...toFynn(fynn), DATABASE_URL: await freshDatabaseUrl() };
  const { problems, say } = await doctor(settings);
  expect(problems).toEqual(['polar.api', 'fynn.api']);
  expect(say('polar.api')).toMatch(/is redirected \(307\).*: the token is not sent there/);
  expect(say('fynn.api')).toMatch(/has an unknown form: check FYNN_API_URL/);
  expect((await doctor({ ...settings, FYNN_API_URL: `${fynn.url}/elsewhere` })).say('fynn.api')).toMatch(/\(404\)/);
});

test("a firewall's page is no missing scope and no wrong token", async () => {
  for (const status of [401, 403, 404]) {
    const polar = await startPolar();
    const headers = { 'content-type': 'text/html' };
    polar.intercept(() => ({ fault: 'status', status, headers, body: '<title>Access denied</title>' }));
    const { problems, say, skipped } = await doctor({ ...toPolar(polar), DATABASE_URL: await freshDatabaseUrl() });
    expect(problems).toEqual(['polar.api']);
    expect(say('polar.api')).toMatch(/something in between answered .*"Access denied".*check POLAR_API_URL/);
    expect(skipped).toContain('polar.scopes.checkouts:read');
  }
});

test('a permission that no known link can show is skipped, not taken for granted', async () => {
  const [granted, missing] = [
    await startFynn({ links: 0 }),
    await startFynn({ links: 0, permissions: ['price-plan:read'] }),
  ];
  const DATABASE_URL = await freshDatabaseUrl();
  const [first, second] = await Promise.all([
    doctor({ ...toFynn(granted), DATABASE_URL }),
    doctor({ ...toFynn(missing), DATABASE_URL }),
  ]);
  expect(first.skipped).toEqual(['fynn.permissions.checkout-link:read']);
  expect(second.problems).toEqual(['fynn.permissions.checkout-link:read']);
});

test.runIf(inject('redisUrl'))(
  'a Redis that evicts keys is a problem; one that keeps them is not; nothing is put there',
  async () => {
    const [server, polar] = [await startRedis(), await startPolar()];
    if (!server) throw new Error('the Redis of REDIS_URL is not ours to change');
    onTestFinished(() => server.stop());
    const settings = { ...toPolar(polar), DATABASE_URL: await freshDatabaseUrl(), REDIS_URL: server.url };
    expect((await doctor(settings)).problems).toEqual([]);
    const redis = new Redis(server.url);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const { problems, say } = await doctor(settings);
    expect(problems).toEqual(['queue.eviction']);
    expect(say('queue.eviction')).toMatch(/allkeys-lru: set it to noeviction/);
    expect(await redis.dbsize()).toBe(0);
    redis.disconnect();
    const wrong = await doctor({ ...settings, REDIS_URL: new URL('/9999', server.url).href });
    expect(wrong.say('queue.backend')).toContain('DB index is out of range');
  },
);

test('Postgres older than 14 and Redis older than 6.2 are too old', () => {
  expect(() => requireVersion(139_999, '13.23')).toThrow('Postgres 13.23: version 14 or newer is needed');
  expect(() => requireVersion(140_000, '14.0')).not.toThrow();
  for (const version of ['5.0.14', '6.0.16', '', undefined])
    expect(() => requireRedis(version)).toThrow(/6\.2 or newer/);
  for (const version of ['6.2.0', '7.0.15', '10.0.0']) expect(requireRedis(version)).toBe(`Redis ${version}`);
});

test('settings that do not go together are problems, and no database is made for a look', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-doctor-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const settings = { HOST: '0.0.0.0', POLAR_WEBHOOK_SECRET: SECRET, SYNC_SCHEDULE_POLAR_CHECKOUT_FULL: 'off' };
  const { code, stdout } = await run(['doctor'], settings, directory);
  expect(code).toBe(1);
  for (const line of [
    /^PROBLEM {2}settings\.sources .*: set POLAR_ACCESS_TOKEN/m,
    /^PROBLEM {2}settings\.webhooks .*POLAR_WEBHOOK_SECRET without a source: set POLAR_ACCESS_TOKEN, or remove/m,
    /^PROBLEM {2}settings\.schedules .*: did you mean SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL\?/m,
    /^PROBLEM {2}settings\.admin_token .*ADMIN_TOKEN must be set when HOST is 0\.0\.0\.0/m,
    /^ok +database\.connection +DATABASE_URL is not set: the embedded Postgres/m,
    /^skipped +database\.migrations +there is no database yet/m,
    /\n4 of 15 checks found a problem, 10 skipped\.\n$/,
  ])
    expect(stdout).toMatch(line);
  expect(await readdir(directory)).toEqual([]);
});

test('settings that cannot be read end it with 2 and one line', async () => {
  const { code, stdout, stderr } = await call(['doctor', '--json'], { POLAR_API_VERSION: 'newest' });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^checkout-sync: CS1201: POLAR_API_VERSION must be .*\n$/);
});
