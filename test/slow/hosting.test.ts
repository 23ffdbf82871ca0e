import { fileURLToPath } from 'node:url';
import { expect, inject, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { connectClient } from '../support/database.ts';
import { withClient } from '../support/database-pool.ts';
import { ENCRYPTED, startEncryptedPostgres } from '../support/encrypted-postgres.ts';
import { hostedAddresses, type HostedAddress } from '../support/hosting-page.ts';
import { startPgBouncer } from '../support/pgbouncer.ts';
import { startPolar } from '../support/polar.ts';
import { run } from '../support/run.ts';
import { queueSettings, spawnService, until } from '../support/service.ts';
import { shared } from '../support/shared.ts';
import { CORE_STREAMS } from '../support/source.ts';

/** One second stands for the minute after which a provider cuts what is idle. */
const ROLE = { statement_timeout: '8s', idle_session_timeout: '1s', idle_in_transaction_session_timeout: '1s' };
const CUT = { client_idle_timeout: 1, server_idle_timeout: 1, server_lifetime: 1 };

const addresses = hostedAddresses();
const postgres = shared(() => startEncryptedPostgres(addresses.map(({ url }) => new URL(url).hostname)));

/** Makes the database of an address, and a role that may connect and create schemas, and no more. */
async function createHosted(database: string, isEncrypted: boolean): Promise<{ owner: string; url: string }> {
  const [role, password] = ['role', 'password']; // those of the addresses
  const administer = (...statements: string[]) =>
    withClient(postgres().url, async (client) => {
      for (const statement of statements) await client.query(statement);
    });
  await administer(
    `create database ${database}`,
    `revoke all on database ${database} from public`,
    `create role ${role} login password '${password}' ${isEncrypted ? `in role ${ENCRYPTED}` : ''}`,
    `grant connect, create on database ${database} to ${role}`,
    ...Object.entries(ROLE).map(([name, value]) => `alter role ${role} set ${name} = '${value}'`),
  );
  onTestFinished(() => administer(`drop database ${database} with (force)`, `drop role ${role}`));
  const owner = new URL(`/${database}?sslmode=disable`, postgres().url);
  const url = Object.assign(new URL(owner), { username: role, password });
  return { owner: owner.href, url: url.href };
}

/** Options of Node.js with which a process reaches a host at a port of this machine, and knows it by its name. */
function leadTo(name: string, port: string): string {
  const code = `
    import { Socket } from 'node:net';
    const { connect } = Socket.prototype;
    Socket.prototype.connect = function (port, host, ...rest) {
      return host === '${name}' ? connect.call(this, ${port}, '127.0.0.1', ...rest) : connect.call(this, port, host, ...rest);
    };`;
  return `--import data:text/javascript,${encodeURIComponent(code)}`;
}

/** Starts what an address leads to. Returns the settings that reach it, and the URL of the database's owner. */
async function startHosted({ url, pooler }: HostedAddress, change = (text: string) => text) {
  const { pathname, searchParams } = new URL(url);
  const { ca, cert, key } = postgres();
  const isEncrypted = searchParams.has('sslmode');
  const hosted = await createHosted(pooler === 'none' ? pathname.slice(1) : 'behind_pooler', isEncrypted);
  const ways = { client_tls_sslmode: 'require', server_tls_sslmode: 'require' };
  const tls = { ...ways, client_tls_cert_file: cert, client_tls_key_file: key };
  const options = { ...CUT, default_pool_size: pooler === 'session' ? 20 : 4, ...(isEncrypted && tls) };
  const own = isEncrypted ? hosted.url.replace('disable', 'no-verify') : hosted.url;
  const { port } = new URL(pooler === 'none' ? own : await startPgBouncer(own, pooler, options));
  const given = change(url.replace(/(?<=sslrootcert=)[^&]+/, ca));
  const isPublic = searchParams.get('sslmode') === 'require';
  const settings = {
    DATABASE_URL: given,
    NODE_OPTIONS: leadTo(new URL(given).hostname, port),
    ...(isPublic && { NODE_EXTRA_CA_CERTS: ca }), // an authority that every machine knows
  };
  return { owner: hosted.owner, settings };
}

const skipped = ({ pooler }: HostedAddress) => pooler !== 'none' && !inject('pgbouncer');

const doctorOutput = z.object({
  checks: z.array(
    z.object({
      check: z.string(),
      state: z.string(),
      code: z.string().optional(),
      found: z.string(),
      advice: z.string().optional(),
    }),
  ),
});

/** Returns what each check of the doctor says: its state or the code of its problem, and its line. */
async function examineWith(settings: Record<string, string>): Promise<Record<string, string>> {
  const { stdout } = await run(['doctor', '--json'], settings);
  const { checks } = doctorOutput.parse(JSON.parse(stdout));
  return Object.fromEntries(
    checks.map(({ check, state, code, found, advice }) => [check, [code ?? state, found, advice].join(': ')]),
  );
}

const THROUGH = {
  none: /responds: $/,
  session: /responds through a pooler in session mode: $/,
  transaction: /responds through a pooler in transaction mode: $/,
};

test.for(addresses.map((address) => [address.provider, address] as const))(
  'a worker with few rights follows its source although its sessions are limited and cut: %s',
  async ([, address], { skip }) => {
    skip(skipped(address), 'this needs a pgbouncer');
    const { owner, settings: reached } = await startHosted(address);
    const simulator = await startPolar({ links: 2, checkouts: 60 });
    const settings = {
      ...simulator.settings,
      ...CORE_STREAMS,
      ...(await queueSettings(address.isQueue ? 'postgres' : 'redis')),
      ...reached,
      SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 2s', // longer than what is idle lives
    };
    const service = spawnService(settings);
    const url = await service.running;
    const client = await connectClient(owner);
    const count = async () =>
      (await client.query<{ count: number }>('select count(*)::int from polar.checkouts')).rows[0]?.count;
    await until('all sessions are stored', async () => (await count()) === 60);
    simulator.polar.createCheckout();
    await until('the next session is stored', async () => (await count()) === 61);
    await until('the worker is ready', async () => (await fetch(`${url}/readyz`)).ok);
    const checks = await examineWith(settings);
    expect(Object.values(checks).filter((line) => !line.startsWith('ok: '))).toEqual([]);
    expect(checks['database.hosting']).toContain(address.provider.split(',')[0]?.replace(' Proxy', ''));
    expect(checks['database.connection']).toMatch(THROUGH[address.pooler]);
    const { rows } = await client.query('select extname from pg_extension');
    expect(rows).toEqual([{ extname: 'plpgsql' }]);
    service.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    expect(service.log()).not.toMatch(/"level":(50|60)/);
  },
);

const withoutCa = (url: string) => url.replace(/&sslrootcert=[^&]+/, '');
const withoutTls = (url: string) => url.replace(/\?.*/, '');
const anotherCa = fileURLToPath(new URL('../support/tls/ca.pem', import.meta.url));
const withAnotherCa = (url: string) => url.replace(/(?<=rootcert=)[^&]+/, anotherCa);

const same = (url: string) => url;
const untrusted = /^CS2104: .* is not trusted \(\w+\): add sslrootcert=/;
const unencrypted = /^CS2108: .* refuses a connection that is not encrypted \(.*\): add sslmode=require/;
const wantsFile = /^CS2107: .*: add sslmode=verify-full and sslrootcert=/;
const wantsTls = /^CS2107: .*: add sslmode=require/;
const isShared = /^CS3204: .*transaction mode: set REDIS_URL/;

test.for<[how: string, provider: string, change: (url: string) => string, problems: Record<string, RegExp>]>([
  ['without the file of its CA', 'Amazon RDS', withoutCa, { 'database.connection': untrusted }],
  ['without the file of its CA', 'Supabase, session mode', withoutCa, { 'database.connection': untrusted }],
  ['with the file of another CA', 'Amazon RDS', withAnotherCa, { 'database.connection': untrusted }],
  [
    'by a name of your own',
    'Amazon RDS',
    (url) => url.replace(/(?<=@)[^:]+/, 'db.shop.example'),
    { 'database.connection': /^CS2104: .* is for another host \(.*, DNS:.*rds\.amazonaws\.com.*\): use a name of/ },
  ],
  [
    'with its certificate checked',
    'Railway, over the internet',
    (url) => url.replace('no-verify', 'verify-full'),
    { 'database.connection': untrusted, 'database.hosting': /^CS2107: .*: set sslmode=no-verify/ },
  ],
  [
    'without TLS',
    'Supabase, session mode',
    withoutTls,
    { 'database.connection': unencrypted, 'database.hosting': wantsFile },
  ],
  ['without TLS', 'Amazon RDS', withoutTls, { 'database.connection': unencrypted, 'database.hosting': wantsFile }],
  ['without TLS', 'Neon', withoutTls, { 'database.connection': unencrypted, 'database.hosting': wantsTls }],
  [
    'without TLS',
    'Render, over the internet',
    withoutTls,
    { 'database.connection': unencrypted, 'database.hosting': wantsTls },
  ],
  [
    'without Redis',
    'Neon, pooled',
    same,
    { 'queue.backend': isShared, 'database.hosting': /^CS2107: .*: remove -pooler/ },
  ],
  ['without Redis', 'Amazon RDS Proxy', same, { 'queue.backend': isShared }],
])('the doctor says what is wrong with an address used %s: %s', async ([, provider, change, problems], { skip }) => {
  const address = addresses.find((one) => one.provider === provider);
  if (!address) throw new Error(`docs/hosting.md has no ${provider}`);
  skip(skipped(address), 'this needs a pgbouncer');
  const { settings } = await startHosted(address, change);
  const checks = await examineWith(settings);
  for (const [check, line] of Object.entries(problems)) expect(checks[check]).toMatch(line);
});
