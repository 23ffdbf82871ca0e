import { describe, expect, onTestFinished, test } from 'vitest';
import type { CheckResult } from '../../src/model/check.ts';
import type { ErrorCode } from '../../src/model/error-codes.ts';
import { errorCodes } from '../../src/model/error-codes.ts';
import type { ErrorEntry } from '../../src/model/error-codes/entry.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { asNewRole, connectClient, freshDatabaseUrl, sharedDatabase } from '../support/database.ts';
import { exportsFolder } from '../support/exports.ts';
import { PROXY_PASSWORD, startForwardProxy } from '../support/forward-proxy.ts';
import { startPolar } from '../support/polar.ts';
import { call } from '../support/run.ts';
import { CORE_STREAMS } from '../support/source.ts';

/** A port that nobody listens on. */
const CLOSED = '127.0.0.1:1';
const POLAR = { POLAR_ACCESS_TOKEN: 'polar_oat_simulator' };
const EXPIRED = { error: 'invalid_token', error_description: 'The access token provided is expired' };
const shared = sharedDatabase();

/** Returns the database's URL with another part. */
const urlWith = (part: Partial<URL>, url = shared().url) => Object.assign(new URL(url), part).href;

/** Calls a command, and checks that each line on stderr begins with this code, and the exit code is that of the code. */
async function expectFailure(code: ErrorCode, args: string, settings: Record<string, string>): Promise<void> {
  const { exit }: ErrorEntry = errorCodes[code];
  const ended = await call(args.split(' '), settings);
  expect(ended.stderr, args).toMatch(new RegExp(`^(checkout-sync: ${code}: \\S.*\n)+$`));
  expect(ended.code, args).toBe(exit);
}

const SETTINGS: [code: ErrorCode, args: string, settings: Record<string, string>][] = [
  ['CS1101', 'snyc', {}],
  ['CS1102', 'sync --dry-run', {}],
  ['CS1103', 'pull', {}],
  ['CS1104', 'sync --mode quick', {}],
  ['CS1104', 'export polar --since-seq newest', {}],
  ['CS1104', 'export polar --since-seq polar=1,polar=2', {}],
  ['CS1105', 'verify --days 3', {}],
  ['CS1105', 'verify --metrics --days 3 --month 2026-10', {}],
  ['CS1106', 'sync polar.checkuots', POLAR],
  ['CS1107', 'sync polar.orders', { ...POLAR, ...CORE_STREAMS }],
  ['CS1108', 'sync --account shop', POLAR],
  ['CS1109', 'pull polar.benefit_grants x', POLAR],
  ['CS1110', 'pull polar.checkouts 17', POLAR],
  ['CS1201', 'sync', { ...POLAR, PORT: '99999', LOG_LEVEL: 'loud' }],
  ['CS1202', 'sync', { FYNN_API_KEY: 'k' }],
  ['CS1203', 'sync', { DATABASE_URL: 'mysql://localhost/x' }],
  ['CS1204', 'sync', { REDIS_URL: 'localhost:6379' }],
  ['CS1205', 'sync', { ...POLAR, SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'sometimes' }],
  ['CS1206', 'sync', { ...POLAR, POLAR_ACESS_TOKEN: 'x' }],
  ['CS1207', 'sync', { ...POLAR, POLAR_API_URL: 'http://polar.test' }],
  ['CS1208', 'sync', { ...POLAR, PRIVATE_COLUMNS: 'customer_nmae' }],
  ['CS1209', 'sync', { POLAR_ACCESS_TOKEN__2SHOPS: 'x' }],
  ['CS1212', 'sync', {}],
  ['CS2101', 'migrate', { DATABASE_URL: `postgres://${CLOSED}/x` }],
  ['CS2101', 'migrate', { DATABASE_URL: 'postgres://x/x?host=/nowhere' }],
  ['CS6301', 'report --month 2026-13', { DATABASE_URL: `postgres://${CLOSED}/x` }],
];

test.for(SETTINGS)('each line begins with %s for %s %j', ([code, args, settings]) =>
  expectFailure(code, args, settings),
);

describe('on a database', () => {
  const polar = (url: string) => ({ ...POLAR, DATABASE_URL: url });

  test('a wrong password, a database that is not there, and missing rights have codes of their own', async () => {
    const { url } = await asNewRole(shared().url, 'right');
    await expectFailure('CS2102', 'status', polar(urlWith({ password: 'wrong' }, url)));
    await expectFailure('CS2103', 'status', polar(urlWith({ pathname: '/nothing_of_this_name' })));
    await expectFailure('CS2301', 'status', polar(url));
  });

  test('a full disk, and a server that can only be read, have codes of their own', async () => {
    const url = await freshDatabaseUrl();
    const client = await connectClient(url);
    await client.query(`create function public.full() returns trigger language plpgsql as
      $$ begin raise 'could not extend file "base/1": No space left on device' using errcode = '53100'; end $$;
      create trigger disk_full before insert on sync.forgotten for each statement execute function public.full()`);
    await expectFailure('CS2303', 'forget ada@example.com --yes', polar(url));
    const name = new URL(url).pathname.slice(1);
    onTestFinished(async () => void (await client.query(`alter database ${name} reset default_transaction_read_only`)));
    await client.query(`alter database ${name} set default_transaction_read_only = on`);
    await expectFailure('CS2302', 'forget ada@example.com --yes', polar(url));
  });

  test('an export that cannot be made says why by its code', async () => {
    const settings = polar(shared().url);
    const folder = await exportsFolder();
    const out = `--out ${folder} --format csv`;
    await expectFailure('CS6201', `export checkuots ${out}`, settings);
    await expectFailure('CS6203', `export metrics --since-seq 0 ${out}`, settings);
    await expectFailure('CS6206', `export polar.checkouts --since-seq 99999 ${out}`, settings);
    await expectFailure('CS6209', `export metrics --out /dev/null/exports --format csv`, settings);
  });

  test('readers that cannot be made are named by their codes', async () => {
    await expectFailure('CS6101', 'grant public', polar(shared().url));
    await expectFailure('CS6102', 'revoke nobody_of_this_name', polar(shared().url));
  });
});

describe('of a source', () => {
  const page = (status: number, body: string): Fault => ({
    fault: 'status',
    status,
    headers: { 'content-type': 'text/html' },
    body,
  });

  test.for<[code: ErrorCode, check: string, fault: Fault]>([
    ['CS4105', 'polar.api', page(403, '<title>Access denied</title>')],
    ['CS4104', 'polar.api', page(407, '<title>Proxy</title>')],
    ['CS4106', 'polar.api', { fault: 'status', status: 302, headers: { location: 'https://login.test/' } }],
    ['CS4107', 'polar.api', page(503, '')],
    ['CS4108', 'polar.api', page(429, '')],
    ['CS4109', 'polar.api', { fault: 'status', status: 200, body: { unknown: true } }],
    ['CS4201', 'polar.token', { fault: 'status', status: 401, body: EXPIRED }],
  ])('doctor has %s for %s', async ([code, check, fault]) => {
    const simulator = await startPolar({ links: 1, checkouts: 1 });
    simulator.intercept(() => fault);
    const found = await problemsAt({ POLAR_ACCESS_TOKEN: simulator.token, POLAR_API_URL: simulator.url });
    expect(found).toContainEqual([check, code]);
  });

  test('a proxy with another password, and one that is not there, have codes of their own', async () => {
    const proxy = await startForwardProxy();
    const settings = { ...POLAR, POLAR_API_URL: 'https://polar.test' };
    const wrong = proxy.url.replace(encodeURIComponent(PROXY_PASSWORD), 'wrong');
    expect(await problemsAt({ ...settings, HTTPS_PROXY: wrong })).toContainEqual(['polar.api', 'CS4104']);
    expect(await problemsAt({ ...settings, HTTPS_PROXY: `http://${CLOSED}` })).toContainEqual(['polar.api', 'CS4101']);
  });

  test('a run that lacks a scope has its code in JSON, in the table of runs, and in the status', async () => {
    const simulator = await startPolar({ links: 1, checkouts: 1, scopes: ['checkouts:read'] });
    const settings = {
      POLAR_ACCESS_TOKEN: simulator.token,
      POLAR_API_URL: simulator.url,
      DATABASE_URL: await freshDatabaseUrl(),
    };
    const { code, stdout } = await call(['sync', 'polar.checkout_links', '--json'], settings);
    expect([code, JSON.parse(stdout).runs[0]]).toEqual([1, expect.objectContaining({ errorCode: 'CS4202' })]);
    const client = await connectClient(settings.DATABASE_URL);
    const { rows } = await client.query('select error_code from sync.runs');
    expect(rows).toEqual([{ error_code: 'CS4202' }]);
    const status = await call(['status', 'polar.checkout_links', '--json'], settings);
    expect(JSON.parse(status.stdout).streams[0].lastError).toMatchObject({ code: 'CS4202' });
  });

  test('a queue that is not there has a code', async () => {
    expect(await problemsAt({ REDIS_URL: `redis://${CLOSED}` })).toContainEqual(['queue.backend', 'CS3101']);
  });

  /** The problems that doctor finds, as names of checks with their codes. */
  async function problemsAt(settings: Record<string, string>): Promise<unknown[]> {
    const { stdout } = await call(['doctor', '--json'], { DATABASE_URL: `postgres://${CLOSED}/x`, ...settings });
    const { checks } = JSON.parse(stdout) as { checks: CheckResult[] };
    return checks.filter(({ state }) => state === 'problem').map(({ check, code }) => [check, code]);
  }
});
