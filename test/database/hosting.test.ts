import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { checkHosting } from '../../src/database/hosting.ts';
import { checkAll } from '../../src/commands/checks.ts';
import { hostedAddresses } from '../support/hosting-page.ts';

/** The line of the doctor about an address. */
function said(url: string, isQueue = true): string | undefined {
  const [check] = checkHosting(parseConfig({ DATABASE_URL: `postgres://user:password@${url}` }).databaseUrl, {
    isQueue,
  });
  return check && [check.state, check.found, check.advice].filter(Boolean).join(': ');
}

const SUPAVISOR = 'aws-0-eu-central-1.pooler.supabase.com';
const NEON = 'ep-cool-darkness-123456';

test.for([
  [`${SUPAVISOR}:6543/postgres?sslmode=require`, 'use port 5432, which is its session mode, or set REDIS_URL'],
  [`${SUPAVISOR}:5432/postgres`, 'add sslmode=verify-full and sslrootcert=<the certificate of Database Settings>'],
  ['db.abcdefgh.supabase.co:6543/postgres?sslmode=require', 'use port 5432, or set REDIS_URL'],
  [`${NEON}-pooler.us-east-2.aws.neon.tech/db?sslmode=require`, 'remove -pooler from the host name, or set REDIS_URL'],
  [`${NEON}.us-east-2.aws.neon.tech/db`, 'the connection is not encrypted: add sslmode=require to DATABASE_URL'],
  [
    'shop.cluster-ro-abc123.eu-west-1.rds.amazonaws.com:5432/db?sslmode=require',
    'replicas: remove -ro from the host name',
  ],
  ['shop.abc123.eu-west-1.rds.amazonaws.com:5432/db', "add sslmode=verify-full and sslrootcert=<Amazon's bundle"],
  ['roundhouse.proxy.rlwy.net:12345/railway?sslmode=require', 'set sslmode=no-verify'],
  ['roundhouse.proxy.rlwy.net:12345/railway', 'the connection is not encrypted: add sslmode=no-verify'],
  ['dpg-abc123-a.oregon-postgres.render.com/db', 'add sslmode=require'],
] as const)('what is wrong with %s is said in one line', ([url, line]) => {
  expect(said(url)).toMatch(/^problem: /);
  expect(said(url)).toContain(line);
});

test.for([
  [`${SUPAVISOR}:6543/postgres?sslmode=require`, false],
  [`${NEON}-pooler.us-east-2.aws.neon.tech/db?sslmode=require`, false],
  [`${SUPAVISOR}:5432/postgres?sslmode=require`, true],
  ['shop.proxy-abc123.eu-west-1.rds.amazonaws.com/db?sslmode=require', true],
  ['pgbouncer.abc123.flympg.net/fly-db', true],
  ['roundhouse.proxy.rlwy.net:12345/railway?sslmode=no-verify', true],
] as const)('%s is fine; queue in Postgres: %s', ([url, isQueue]) => {
  expect(said(url, isQueue)).toMatch(/^ok: (Supabase|Neon|Amazon RDS|Fly|Railway)/);
});

test.for(['127.0.0.1:5432/db', 'postgres.example.com/db', 'neon.tech.example.com/db', 'postgres:5432/checkouts'])(
  'nothing is said about %s',
  (url) => {
    expect(said(url)).toBeUndefined();
  },
);

test.for(hostedAddresses().map((address) => [address.provider, address] as const))(
  'the doctor knows the address of docs/hosting.md for %s, and has nothing against it',
  ([provider, { url, isQueue }]) => {
    const [name = ''] = provider.split(',');
    expect(said(url.replace(/^.*@/, ''), isQueue)).toMatch(new RegExp(`^ok: ${name.replace(/ Proxy$/, '')}`));
  },
);

test('the doctor says it although the address cannot be reached', async () => {
  const nowhere = 'host=/none'; // a socket in place of the host, which is not to be looked up here
  const DATABASE_URL = `postgres://user:password@${NEON}-pooler.eu.aws.neon.tech/db?sslmode=require&${nowhere}`;
  const checks = await checkAll(parseConfig({ DATABASE_URL }), new AbortController().signal);
  expect(checks).toContainEqual(expect.objectContaining({ check: 'database.hosting', state: 'problem' }));
  expect(checks).toContainEqual(expect.objectContaining({ check: 'database.connection', state: 'problem' }));
});
