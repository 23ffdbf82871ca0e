import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, property, string } from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseConfig, readConfig, type Config } from '../../src/config/config.ts';
import { ConfigError } from '../../src/model/errors.ts';
import { webhookSecrets } from '../../src/model/setting.ts';

const TOKEN = 'polar_oat_0123456789';

/** Returns the configuration of each account. */
const accountsOf = ({ sources }: Config) =>
  sources.map(({ name, account, url, headers, access, streams, requestsPerMinute, webhooks }) => ({
    name,
    account,
    credential: headers.authorization?.replace('Bearer ', ''),
    url,
    version: access.pin?.version,
    organizationId: streams[0]?.scope.organization_id,
    requestsPerMinute,
    takesWebhooks: webhooks !== undefined,
  }));

/** Polar's part of the configuration, with a token set. */
function polar(settings: Record<string, string> = {}) {
  const [account] = accountsOf(parseConfig({ POLAR_ACCESS_TOKEN: TOKEN, ...settings }));
  if (!account) throw new Error('Polar is off');
  return account;
}

/** The problems that the environment is refused for, one a line. */
function problems(settings: Record<string, string>): string[] {
  try {
    parseConfig(settings);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('nothing needs to be set: the embedded Postgres, Polar off, level info', () => {
  expect(parseConfig({})).toMatchObject({ databaseUrl: undefined, logLevel: 'info', sources: [] });
});

test('a token turns Polar on, with the API of today and nine tenths of its limit', () => {
  expect(polar()).toEqual({
    name: 'polar',
    account: 'default',
    credential: TOKEN,
    url: 'https://api.polar.sh',
    version: '2026-10',
    organizationId: undefined,
    requestsPerMinute: 450,
    takesWebhooks: false,
  });
});

test('every setting arrives', () => {
  const config = parseConfig({
    DATABASE_URL: 'postgres://user:password@db:5432/checkouts',
    LOG_LEVEL: 'debug',
    POLAR_ACCESS_TOKEN: TOKEN,
    POLAR_API_URL: 'https://polar.example.com:8443',
    POLAR_API_VERSION: '2027-01',
    POLAR_ORGANIZATION_ID: '3b2a1c5e-0000-4000-8000-000000000001',
    POLAR_REQUESTS_PER_MINUTE: '120',
  });
  expect(config).toMatchObject({
    databaseUrl: 'postgres://user:password@db:5432/checkouts',
    logLevel: 'debug',
  });
  expect(accountsOf(config)).toMatchObject([
    {
      credential: TOKEN,
      url: 'https://polar.example.com:8443',
      version: '2027-01',
      organizationId: '3b2a1c5e-0000-4000-8000-000000000001',
      requestsPerMinute: 120,
    },
  ]);
});

test('the sandbox has the budget of the sandbox, unless another is set', () => {
  const sandbox = { POLAR_API_URL: 'https://sandbox-api.polar.sh/v1/' };
  expect(polar(sandbox).requestsPerMinute).toBe(90);
  expect(polar({ ...sandbox, POLAR_REQUESTS_PER_MINUTE: '60' }).requestsPerMinute).toBe(60);
  expect(polar({ POLAR_API_URL: 'https://api.polar.sh/sandbox-' }).requestsPerMinute).toBe(450);
});

test.each([
  'https://api.polar.sh',
  'https://api.polar.sh/',
  'https://api.polar.sh//',
  'https://api.polar.sh/v1',
  'https://api.polar.sh/v1/',
])('slashes and the version of the path are no part of the address: %s', (url) => {
  expect(polar({ POLAR_API_URL: url }).url).toBe('https://api.polar.sh');
});

test('a path before the version of the path is kept', () => {
  expect(polar({ POLAR_API_URL: 'http://127.0.0.1:4010/polar/v1/' }).url).toBe('http://127.0.0.1:4010/polar');
  expect(polar({ POLAR_API_URL: 'http://127.0.0.1:4010/env1' }).url).toBe('http://127.0.0.1:4010/env1');
});

test('a host that is called like the version of the path is a host', () => {
  expect(polar({ POLAR_API_URL: 'https://v1' })).toMatchObject({ url: 'https://v1', requestsPerMinute: 450 });
  expect(polar({ POLAR_API_URL: 'https://v1/v1/' }).url).toBe('https://v1');
});

const KEY = 'fynn_0123456789';
const TENANT = 'https://acme.coreapi.io';

test('a key and the address of the tenant turn Fynn on, with a request a second', () => {
  const accounts = accountsOf(parseConfig({ FYNN_API_KEY: KEY, FYNN_API_URL: `${TENANT}/` }));
  const fynn = { name: 'fynn', credential: KEY, url: TENANT, requestsPerMinute: 60, takesWebhooks: false };
  expect(accounts).toEqual([expect.objectContaining(fynn)]);
});

test('both sources are on when both have their credentials', () => {
  const config = parseConfig({
    POLAR_ACCESS_TOKEN: TOKEN,
    FYNN_API_KEY: KEY,
    FYNN_API_URL: 'http://127.0.0.1:4011/api//',
    FYNN_REQUESTS_PER_MINUTE: '600',
    FYNN_WEBHOOK_SECRET: 'the_secret_before, the_secret_of_now',
  });
  const fynn = { name: 'fynn', credential: KEY, url: 'http://127.0.0.1:4011/api', requestsPerMinute: 600 };
  expect(accountsOf(config)).toMatchObject([
    { name: 'polar', credential: TOKEN },
    { ...fynn, takesWebhooks: true },
  ]);
  expect(webhookSecrets().parse('the_secret_before, the_secret_of_now')).toEqual([
    'the_secret_before',
    'the_secret_of_now',
  ]);
});

test('Fynn has no address of its own: a key without one is refused, an address without a key turns nothing on', () => {
  const missing = "FYNN_API_URL must be set with FYNN_API_KEY: the address of your tenant's API";
  expect(problems({ FYNN_API_KEY: KEY })).toEqual([missing]);
  expect(problems({ FYNN_API_KEY: KEY, FYNN_API_URL: ' ' })).toEqual([missing]);
  expect(parseConfig({ FYNN_API_URL: TENANT }).sources).toEqual([]);
  expect(parseConfig({ FYNN_API_KEY: '', FYNN_API_URL: TENANT }).sources).toEqual([]);
});

test('what is wrong with the settings of an account is said by the names that were written', () => {
  expect(problems({ POLAR_API_URL__ACME: 'api.polar.sh', FYNN_API_KEY__EU: KEY })).toEqual([
    'POLAR_API_URL__ACME must be an http(s) URL, such as https://api.polar.sh',
    "FYNN_API_URL__EU must be set with FYNN_API_KEY__EU: the address of your tenant's API",
  ]);
  expect(problems({ POLAR_API_URL__ACME: 'http://polar.example.com' })).toEqual([
    expect.stringMatching(/^POLAR_API_URL__ACME must begin with https:/),
  ]);
});

test.each([
  ['POLAR_API_VERSION__DEFAULT', 'must be written without a suffix: POLAR_API_VERSION is of the account default'],
  ...[
    'POLAR_API_VERSION__1ST',
    'POLAR_API_VERSION__',
    'POLAR_API_VERSION__A-B',
    `POLAR_API_VERSION__${'A'.repeat(33)}`,
  ].map((name) => [
    name,
    'must end with the name of an account after the two underscores: a letter, then at most 31 letters, digits and _',
  ]),
  ['POLAR_API_VERSON__ACME', 'is not a setting: did you mean POLAR_API_VERSION__ACME?'],
])('a suffix that names no account, or of no setting, is refused: %s', (name, says) => {
  expect(problems({ [name]: '2026-10' })).toEqual([`${name} ${says}`]);
});

test('the name of an account is the same in small and large letters, and a setting of it is set once', () => {
  expect(problems({ POLAR_API_VERSION__ACME: '2026-10', POLAR_API_VERSION__acme: '2026-10' })).toEqual([
    'POLAR_API_VERSION__acme must be set once: POLAR_API_VERSION__ACME is the same setting',
  ]);
});

test('settings of an account without its credential are idle', () => {
  const { idle } = parseConfig({ POLAR_API_VERSION__ACME: '2026-10', FYNN_WEBHOOK_SECRET: '0123456789abcdef' });
  expect(idle).toEqual([
    { setting: 'POLAR_API_VERSION__ACME', needs: 'POLAR_ACCESS_TOKEN__ACME' },
    { setting: 'FYNN_WEBHOOK_SECRET', needs: 'FYNN_API_KEY' },
  ]);
});

const streamsOf = (settings: Record<string, string>) =>
  parseConfig({ POLAR_ACCESS_TOKEN: TOKEN, ...settings }).sources.map(({ account, streams }) => [
    account,
    streams.map(({ name, isOptional }) => (isOptional ? `${name}?` : name)),
  ]);

test('POLAR_STREAMS names the streams of an account, with or without the prefix of the source', () => {
  const all = ['polar.checkout_links', 'polar.checkouts'];
  expect(streamsOf({})).toEqual([['default', expect.arrayContaining([...all, 'polar.customers?'])]]);
  expect(streamsOf({ POLAR_STREAMS: 'checkouts' })).toEqual([['default', ['polar.checkouts']]]);
  expect(streamsOf({ POLAR_STREAMS: ' polar.checkouts, checkout_links,checkouts' })).toEqual([['default', all]]);
  expect(
    streamsOf({ POLAR_ACCESS_TOKEN__ACME: TOKEN, POLAR_STREAMS__ACME: 'checkout_links', POLAR_STREAMS: 'checkouts' }),
  ).toEqual([
    ['default', ['polar.checkouts']],
    ['acme', ['polar.checkout_links']],
  ]);
});

test('a stream that there is not is refused with the nearest that there is', () => {
  expect(problems({ POLAR_ACCESS_TOKEN: TOKEN, POLAR_STREAMS: 'checkouts,checkout_link' })).toEqual([
    expect.stringMatching(/^POLAR_STREAMS .*checkout_link is none: did you mean polar.checkout_links\? Streams: .*/),
  ]);
  expect(problems({ POLAR_ACCESS_TOKEN: TOKEN, POLAR_STREAMS: ',' })[0]).toMatch(/^POLAR_STREAMS must name streams/);
  expect(
    problems({
      FYNN_API_KEY__EU: 'key',
      FYNN_API_URL__EU: 'https://eu.coreapi.io',
      FYNN_STREAMS__EU: 'polar.checkouts',
    }),
  ).toEqual([expect.stringMatching(/^FYNN_STREAMS__EU .*polar.checkouts is none: did you mean fynn\./)]);
});

test('an empty value counts as unset', () => {
  const empty = Object.fromEntries(
    ['DATABASE_URL', 'LOG_LEVEL', 'POLAR_ACCESS_TOKEN', 'POLAR_ORGANIZATION_ID', 'POLAR_ACCES_TOKEN', 'PORT'].map(
      (name, index) => [name, ' '.repeat(index % 2)],
    ),
  );
  expect(parseConfig(empty)).toEqual(parseConfig({}));
  expect(polar({ POLAR_API_URL: '', POLAR_REQUESTS_PER_MINUTE: ' ' })).toEqual(polar());
});

test('all problems are reported at once, each on a line that names the setting', () => {
  const found = problems({
    DATABASE_URL: 'mysql://db/checkouts',
    POLAR_API_URL: 'api.polar.sh',
    POLAR_API_VERSION: 'latest',
    POLAR_ORGANIZATION_ID: 'acme',
    POLAR_REQUESTS_PER_MINUTE: '0',
    LOG_LEVEL: 'loud',
    POLAR_ACCES_TOKEN: TOKEN,
  });
  expect(found).toEqual([
    'DATABASE_URL must be a URL such as postgres://user:password@host:5432/database',
    'LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent',
    'POLAR_API_URL must be an http(s) URL, such as https://api.polar.sh',
    'POLAR_API_VERSION must be a version such as 2026-10',
    "POLAR_ORGANIZATION_ID must be the organization's UUID",
    'POLAR_REQUESTS_PER_MINUTE must be a whole number from 1 to 1000000000',
    'POLAR_ACCES_TOKEN is not a setting: did you mean POLAR_ACCESS_TOKEN?',
  ]);
});

test.each([
  { POLAR_REQUESTS_PER_MINUTE: 'many' },
  { POLAR_REQUESTS_PER_MINUTE: '1.5' },
  { PORT: 'http' },
  { PORT: '-1' },
  { PORT: '70000' },
  { REDIS_URL: 'localhost:6379' },
  { REDIS_URL: 'http://localhost:6379' },
  { HOST: 'a b' },
  { QUEUE_PREFIX: 'two words' },
  { ADMIN_TOKEN: 'these are several words' },
  { ADMIN_TOKEN: 'fifteen_letters' },
  { REDIS_URL: 'redis://localhost:6379/x' },
  { REDIS_URL: 'redis://:100%@localhost:6379' },
  { DATABASE_URL: 'postgres://host/database?service=ours' },
  { POLAR_WEBHOOK_SECRET: 'whsec_abcdefghijkl,' },
  { POLAR_WEBHOOK_SECRET: 'fifteen_letters' },
  { POLAR_WEBHOOK_SECRET: 'whsec_abcdefghijkl,short' },
  { FYNN_API_URL: 'acme.coreapi.io' },
  { FYNN_API_URL: 'https://user:password@acme.coreapi.io' },
  { FYNN_API_URL: 'https://:password@acme.coreapi.io' },
  { FYNN_REQUESTS_PER_MINUTE: '0' },
  { FYNN_WEBHOOK_SECRET: 'one-secret-of-some,' },
  { FYNN_WEBHOOK_SECRET: 'short' },
  { SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'daily' },
  { SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: '17 3' },
  { SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: '61 3 * * *' },
  { SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: 'every 0m' },
])('what a setting cannot be is answered with what it should be: %o', (settings) => {
  expect(problems(settings)).toEqual([expect.stringMatching(/^[A-Z_]+ must /)]);
});

test('the service has its settings', () => {
  const config = parseConfig({
    POLAR_ACCESS_TOKEN: TOKEN,
    POLAR_WEBHOOK_SECRET: 'polar_whs_number_one, whsec_number_two=',
    REDIS_URL: 'rediss://user:password@redis:6380/1',
    HOST: '0.0.0.0',
    PORT: '8080',
    ADMIN_TOKEN: '0123456789abcdef',
    SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: '17 3 * * *',
    SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 90s',
    SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: 'off',
  });
  expect(config).toMatchObject({
    redisUrl: 'rediss://user:password@redis:6380/1',
    server: { host: '0.0.0.0', port: 8080, adminToken: '0123456789abcdef' },
  });
  expect(accountsOf(config)).toMatchObject([{ takesWebhooks: true }]);
  expect(webhookSecrets().parse('polar_whs_number_one, whsec_number_two=')).toEqual([
    'polar_whs_number_one',
    'whsec_number_two=',
  ]);
  expect(config.schedules).toEqual({
    SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL: { pattern: '17 3 * * *' },
    SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: { everyMs: 90_000 },
    SYNC_SCHEDULE_POLAR_CHECKOUT_LINKS_FULL: null,
  });
});

test('a webhook secret that contains a comma works as it stands, beside what it would be as a list', () => {
  const secret = 'polar_whs_with_a,comma_in_the_middle';
  expect(webhookSecrets().parse(secret)).toEqual([...secret.split(','), secret]);
});

test.each([
  ['POLAR_ACCES_TOKEN', 'did you mean POLAR_ACCESS_TOKEN?'],
  ['POLAR_TOKEN', 'remove it; README lists the settings'],
  ['POLAR_API_VERSON', 'did you mean POLAR_API_VERSION?'],
  ['POLAR_REQUEST_PER_MINUTE', 'did you mean POLAR_REQUESTS_PER_MINUTE?'],
  ['FYNN_API_KEYS', 'did you mean FYNN_API_KEY?'],
  ['FYNN_WEBHOOK_SECRETS', 'did you mean FYNN_WEBHOOK_SECRET?'],
  ['FYNN_TENANT_OF_OURS', 'remove it; README lists the settings'],
  ['SYNC_EVERYTHING', 'remove it; README lists the settings'],
])('a name with our prefix that is no setting is refused: %s', (name, hint) => {
  expect(problems({ [name]: '1' })).toEqual([`${name} is not a setting: ${hint}`]);
});

test('names without our prefixes are not our business', () => {
  expect(problems({ PATH: '/bin', DATABASE_URI: 'x', npm_config_sync: '1', MY_POLAR_TOKEN: 'x' })).toEqual([]);
});

describe('no secret is in an error', () => {
  test('neither an ill-formed token nor the password of a database', () => {
    const found = problems({
      POLAR_ACCESS_TOKEN: `${TOKEN} hunter2`,
      DATABASE_URL: 'mysql://user:hunter2@db/checkouts',
      POLAR_API_URL: 'ftp://user:hunter2@api.polar.sh',
      POLAR_ACCES_TOKEN: 'hunter2',
    });
    expect(found).toHaveLength(4);
    expect(found.join('\n')).not.toMatch(/hunter2|0123456789/);
    expect(found[1]).toBe('POLAR_ACCESS_TOKEN must be a token without spaces, as Polar shows it once');
  });

  test('nor an ill-formed key', () => {
    const [problem = '', ...others] = problems({ FYNN_API_KEY: `${KEY} hunter2`, FYNN_API_URL: TENANT });
    expect(problem).toBe('FYNN_API_KEY must be a key without spaces, as Fynn shows it once');
    expect(others).toEqual([]);
  });

  test('whatever is wrong with the token', () => {
    assert(
      property(string({ minLength: 5 }), string({ minLength: 5 }), (left, right) => {
        const token = `§${left} ${right}§`;
        const [problem = '', ...others] = problems({ POLAR_ACCESS_TOKEN: token });
        expect(others).toEqual([]);
        expect(problem).toMatch(/^POLAR_ACCESS_TOKEN must be /);
        expect(problem).not.toContain('§');
      }),
    );
  });
});

/** Makes a new directory the working one, and an environment with these settings only, until the test ends. */
function inDirectory(dotenv: string | Buffer | undefined, environment: Record<string, string>): void {
  const directory = mkdtempSync(join(tmpdir(), 'checkout-sync-config-'));
  const before = process.cwd();
  onTestFinished(() => {
    vi.unstubAllEnvs();
    process.chdir(before);
    rmSync(directory, { recursive: true });
  });
  if (dotenv !== undefined) writeFileSync(join(directory, '.env'), dotenv);
  for (const name of Object.keys(process.env)) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  process.chdir(directory);
}

test('the environment goes before .env of the working directory, and both go together', () => {
  inDirectory(`# ours\nPOLAR_ACCESS_TOKEN="${TOKEN}"\nLOG_LEVEL=debug\nDATABASE_URL=\n`, { LOG_LEVEL: 'warn' });
  const config = readConfig();
  expect(config).toMatchObject({ databaseUrl: undefined, logLevel: 'warn' });
  expect(accountsOf(config)).toMatchObject([{ credential: TOKEN }]);
});

test('without a .env only the environment counts', () => {
  inDirectory(undefined, { LOG_LEVEL: 'error' });
  expect(readConfig()).toMatchObject({ databaseUrl: undefined, logLevel: 'error', sources: [] });
});

const LINE = `POLAR_ACCESS_TOKEN=${TOKEN}\nLOG_LEVEL=debug\n`;

test.each([
  ['UTF-8 with a byte-order mark', Buffer.from(`\ufeff${LINE}`)],
  ['UTF-16, as Notepad and PowerShell write it', Buffer.from(`\ufeff${LINE}`, 'utf16le')],
  ['UTF-16, the other byte first', Buffer.from(`\ufeff${LINE}`, 'utf16le').swap16()],
  ['lines that end as on Windows', Buffer.from(LINE.replaceAll('\n', '\r\n'))],
  ['lines that end as on old Macs', Buffer.from(LINE.replaceAll('\n', '\r'))],
  [
    'comments, export, quotes and values of several lines',
    Buffer.from(`# a=b\n\n  export ${LINE}X="a\nb c" # d\nY='='\n`),
  ],
])('no line of a .env is lost: %s', (_encoding, bytes) => {
  inDirectory(bytes, {});
  const config = readConfig();
  expect(config.logLevel).toBe('debug');
  expect(accountsOf(config)).toMatchObject([{ credential: TOKEN }]);
});

test.each([
  ['another encoding', Buffer.from('POLAR_ACCESS_TOKEN=clé\n', 'latin1'), '.env is not UTF-8 text: save it as UTF-8'],
  ['UTF-16 without a mark', Buffer.from(LINE, 'utf16le'), '.env is not UTF-8 text: save it as UTF-8'],
  ['a line without a name', 'A=b\nPOLAR_ACCESS_TOKEN: x\n', /^\.env, line 2 is not a setting: write NAME=value/],
  [
    'a quote that swallows the next setting',
    `A=b\nLOG_LEVEL="debug\n${LINE}C="d"\n`,
    '.env, line 2: the quote is not closed',
  ],
  [
    'a quote that nothing closes',
    `LOG_LEVEL=debug\nPOLAR_ACCESS_TOKEN="${TOKEN}\n`,
    '.env, line 2: the quote is not closed',
  ],
])('a .env that cannot be read as a whole is refused: %s', (_what, dotenv, says) => {
  inDirectory(dotenv, {});
  expect(() => readConfig()).toThrow(ConfigError);
  expect(() => readConfig()).toThrow(says);
});

test('a .env that is no file is refused', () => {
  inDirectory(undefined, {});
  mkdirSync('.env');
  expect(() => readConfig()).toThrow(/^\.env cannot be read: EISDIR/);
});

describe('a URL of libpq', () => {
  const refusalOf = (url: string) => problems({ DATABASE_URL: url });

  test('with several hosts says so', () => {
    const several = 'DATABASE_URL names several hosts: name one, the primary server or a pooler in front of it';
    for (const url of ['postgres://a,b/db', 'postgres://u:p@a:1,b:2/db', 'postgres:///db?user=u&host=a,b'])
      expect(refusalOf(url), url).toEqual([several]);
  });

  test('that would be read otherwise than it says is refused', () => {
    expect(refusalOf('postgres://host/db?hostaddr=192.0.2.1')).toEqual([
      'DATABASE_URL must name the host itself: hostaddr is not understood',
    ]);
    expect(refusalOf('postgres://host/db?sslmode=requires')).toEqual([
      expect.stringMatching(/^DATABASE_URL has an unknown sslmode: write one of disable, /),
    ]);
    expect(refusalOf('postgres://user@/db?host=/run/postgresql')).toEqual([
      expect.stringMatching(/^DATABASE_URL is not a valid URL: .*postgres:\/\/user@localhost\/database\?host=/),
    ]);
  });

  test('as providers give it is taken, and sslmode=require checks the certificate', () => {
    const urlOf = (url: string) => parseConfig({ DATABASE_URL: url }).databaseUrl;
    expect(urlOf('postgres://u:p%23@ep-x.neon.tech/db?sslmode=require&channel_binding=require')).toBe(
      'postgres://u:p%23@ep-x.neon.tech/db?sslmode=verify-full&channel_binding=require',
    );
    for (const url of [
      'postgres:///db?host=/run/postgresql',
      'postgres://u:a,b@localhost/db?host=/run/postgresql',
      'postgres://u:p@host/db?sslmode=no-verify',
      'postgres://u:p@host/db?uselibpqcompat=true&sslmode=require',
    ])
      expect(urlOf(url)).toBe(url);
  });
});

test.each(['+05:30', 'Mars/Olympus', 'EST5EDT4', 'utc'])('%s is no time zone', (REPORT_TIMEZONE) => {
  expect(() => parseConfig({ REPORT_TIMEZONE })).toThrow(
    'REPORT_TIMEZONE must be the name of a time zone, such as UTC or Europe/Berlin',
  );
});
