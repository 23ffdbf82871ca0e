import { z } from 'zod';
import { isInsecure, readAccounts, unknownNames, type IdleSetting } from './accounts.ts';
import { databaseUrl } from './database-url.ts';
import { ignorePostgresEnvironment, readEnvironment } from './environment.ts';
import { passwordsOf } from './password.ts';
import { parsePrivateColumns } from './private-columns.ts';
import { proxyFor, proxySecrets, proxyUrl } from './proxy.ts';
import type { UsageCode } from '../model/error-codes.ts';
import { throwProblems, type UsageProblem } from '../model/errors.ts';
import type { HookConfig } from '../model/hook.ts';
import type { ReportSettings } from '../model/report-settings.ts';
import { rememberSecret } from '../model/secrets.ts';
import { parseSchedule, type Schedule } from '../model/schedule.ts';
import { days, nameList, noSpaces, SECRET, timeZone } from '../model/setting.ts';
import type { PrivacySettings } from '../model/privacy.ts';
import type { Source } from '../model/source.ts';
import type { Environment } from '../model/source-definition.ts';
import { sourceDefinitions } from '../sources/index.ts';

/** True for a URL whose user and password can be decoded, without an unescaped %. */
function isDecodable(url: string): boolean {
  const { username, password } = new URL(url);
  return !/%(?![\da-f]{2})/i.test(username + password);
}

/** The settings that belong to no source, by the names users write. */
const settings = z.object({
  DATABASE_URL: databaseUrl.optional(),
  ALLOW_INSECURE_HTTP: z.enum(['0', '1'], { error: 'must be 1 or 0 (the default)' }).default('0'),
  HTTPS_PROXY: proxyUrl.optional(),
  https_proxy: proxyUrl.optional(),
  HTTP_PROXY: proxyUrl.optional(),
  http_proxy: proxyUrl.optional(),
  NO_PROXY: z.string().optional(),
  no_proxy: z.string().optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'must be trace, debug, info, warn, error, fatal or silent',
    })
    .default('info'),
  REDIS_URL: z
    .string()
    .refine((url) => /^rediss?:\/\/[^/]/.test(url) && URL.canParse(url) && /^\/?\d*$/.test(new URL(url).pathname), {
      abort: true,
      error:
        'must be a URL such as redis://user:password@host:6379/0, or rediss:// for TLS; 0 is the number of the database',
    })
    .refine(isDecodable, { error: 'must be a URL in which a % of user or password is written as %25' })
    .optional(),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[\w{][\w{}.:-]{0,79}$/, {
      error: 'must be a name of at most 80 letters, digits and _ . : -, such as checkout-sync-staging',
    })
    .optional(),
  HOST: noSpaces('must be an address to listen on, such as 127.0.0.1 or 0.0.0.0')
    .transform((host) => host.replace(/^\[(.*)\]$/, '$1'))
    .default('127.0.0.1'),
  PORT: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, {
      error: 'must be a port from 1 to 65535, or 0 for any free one',
    })
    .transform(Number)
    .default(3000),
  SYNC_KEEP_CHANGES_DAYS: days.default(30),
  SYNC_HOOK_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL that receives events' }).optional(),
  SYNC_HOOK_SECRET: z
    .string()
    .regex(SECRET, {
      abort: true,
      error: 'must have 16 characters or more, without spaces; openssl rand -hex 24 makes one',
    })
    .refine((secret) => !secret.startsWith('whsec_') || /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret), {
      error: 'must be base64 after whsec_',
    })
    .optional(),
  PRIVATE_COLUMNS: z.string().default(''),
  KEEP_PERSONAL_DATA: z
    .string()
    .regex(/^[1-9]\d{0,3} ?(day|month|year)s?$/i, { error: 'must be a time such as 24 months, 90 days or 2 years' })
    .optional(),
  REPORT_TIMEZONE: timeZone().default('UTC'),
  REPORT_METADATA_KEYS: nameList().default([
    'utm_source',
    'utm_medium',
    'utm_campaign',
    'utm_content',
    'utm_term',
    'reference_id',
  ]),
  ADMIN_TOKEN: z
    .string()
    .regex(SECRET, { error: 'must have 16 characters or more, without spaces; openssl rand -hex 24 makes one' })
    .optional(),
});

const SCHEDULE_SETTING = /^SYNC_SCHEDULE_[A-Z_]+_(FULL|INCREMENTAL)$/;

/** Settings of the admin server. */
export interface ServerConfig {
  host: string;
  port: number;
  /** The token of the admin pages; undefined for none, which is allowed only on a loopback address. */
  adminToken: string | undefined;
}

export interface Config {
  /** Undefined for the embedded Postgres. */
  databaseUrl: string | undefined;
  /** Undefined for a queue in the database. */
  redisUrl: string | undefined;
  /** Distinguishes our queue from others; undefined to derive a prefix from the database. */
  queuePrefix: string | undefined;
  logLevel: string;
  server: ServerConfig;
  /** Days for which the change feed is kept. */
  keepChangesDays: number;
  privacy: PrivacySettings;
  report: ReportSettings;
  /** Schedules by setting name; null if turned off. */
  schedules: Readonly<Record<string, Schedule | null>>;
  /** One per account that has a credential. */
  sources: readonly Source[];
  /** The receiver of hooks; undefined for none. */
  hook: HookConfig | undefined;
  /** Settings that have no effect, because the one they depend on is not set. */
  idle: readonly IdleSetting[];
}

/** Returns the given schedules, and the invalid ones. */
function parseSchedules(environment: Environment): {
  schedules: Record<string, Schedule | null>;
  problems: UsageProblem[];
} {
  const schedules: Record<string, Schedule | null> = {};
  const problems: UsageProblem[] = [];
  for (const [name, value = ''] of Object.entries(environment)) {
    if (!SCHEDULE_SETTING.test(name)) continue;
    const schedule = /^off$/i.test(value.trim()) ? null : parseSchedule(value);
    if (schedule === undefined)
      problems.push({
        code: 'CS1205',
        message: `${name} must be a cron pattern such as 17 3 * * * (in UTC), an interval such as every 5m, or off`,
      });
    else schedules[name] = schedule;
  }
  return { schedules, problems };
}

/** Codes of invalid settings; all others have CS1201. */
const INVALID_SETTING: Readonly<Record<string, UsageCode>> = { DATABASE_URL: 'CS1203', REDIS_URL: 'CS1204' };

const invalidSetting = (name: string, message: string): UsageProblem => ({
  code: INVALID_SETTING[name] ?? 'CS1201',
  message: `${name} ${message}`,
});

function present(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}

/**
 * Checks the settings of an environment; an empty value counts as unset. Throws one {@link ConfigError} that names
 * every problem. Remembers the secrets, to keep them out of every text of this process.
 */
export function parseConfig(environment: Environment): Config {
  const given = present(environment);
  const parsed = settings.safeParse(given);
  const invalid = parsed.error?.issues.map(({ path, message }) => invalidSetting(path.join('.'), message)) ?? [];
  const { schedules, problems: unreadable } = parseSchedules(given);
  const schemas = sourceDefinitions.map(({ name }) => name);
  const { problems: unknownColumns, ...hidden } = parsePrivateColumns(given.PRIVATE_COLUMNS ?? '', schemas);
  const privacy = { ...hidden, keepFor: parsed.data?.KEEP_PERSONAL_DATA };
  const accounts = readAccounts(sourceDefinitions, given, parsed.data && { ...parsed.data, privacy });
  const unknown = unknownNames(sourceDefinitions, given, {
    names: Object.keys(settings.shape),
    isKnown: (name) => SCHEDULE_SETTING.test(name),
  });
  const problems = [
    ...invalid,
    ...accounts.problems,
    ...hookProblems(parsed.data),
    ...unreadable,
    ...unknownColumns,
    ...unknown,
  ];
  throwProblems(problems);
  if (!parsed.success) throw parsed.error;
  const env = parsed.data;
  for (const [name, secret] of [...accounts.secrets, ...secretsOf(env), ...proxySecrets(env)])
    rememberSecret(name, secret);
  return {
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    queuePrefix: env.QUEUE_PREFIX,
    logLevel: env.LOG_LEVEL,
    server: { host: env.HOST, port: env.PORT, adminToken: env.ADMIN_TOKEN },
    keepChangesDays: env.SYNC_KEEP_CHANGES_DAYS,
    privacy,
    report: { timezone: env.REPORT_TIMEZONE, metadataKeys: env.REPORT_METADATA_KEYS },
    schedules,
    sources: accounts.sources,
    hook: hookOf(env),
    idle: [...accounts.idle, ...(env.SYNC_HOOK_SECRET && !env.SYNC_HOOK_URL ? [HOOK_WITHOUT_URL] : [])],
  };
}

const HOOK_WITHOUT_URL: IdleSetting = { setting: 'SYNC_HOOK_SECRET', needs: 'SYNC_HOOK_URL' };

/** Returns the problems that keep the receiver of hooks from being used. */
function hookProblems(env: z.output<typeof settings> | undefined): UsageProblem[] {
  if (!env?.SYNC_HOOK_URL) return [];
  const problems: UsageProblem[] = [];
  if (!env.SYNC_HOOK_SECRET)
    problems.push({
      code: 'CS1202',
      message: 'SYNC_HOOK_SECRET must be set with SYNC_HOOK_URL: it signs what is sent there',
    });
  if (env.ALLOW_INSECURE_HTTP === '0' && isInsecure(env.SYNC_HOOK_URL))
    problems.push({
      code: 'CS1207',
      message: 'SYNC_HOOK_URL must begin with https://: events would be sent in clear; ALLOW_INSECURE_HTTP=1 allows it',
    });
  if (URL.parse(env.SYNC_HOOK_URL)?.username)
    problems.push(invalidSetting('SYNC_HOOK_URL', 'must not contain a user or password'));
  return problems;
}

function hookOf(env: z.output<typeof settings>): HookConfig | undefined {
  const { SYNC_HOOK_URL: url, SYNC_HOOK_SECRET: secret } = env;
  return url === undefined || secret === undefined ? undefined : { url, secret, proxy: proxyFor(url, env) };
}

/** Returns the secrets that belong to no source, with the names that replace them. */
function secretsOf(env: z.output<typeof settings>): [name: string, secret: string][] {
  const secrets: [string, string | undefined][] = [
    ['ADMIN_TOKEN', env.ADMIN_TOKEN],
    ['SYNC_HOOK_SECRET', env.SYNC_HOOK_SECRET],
    ['SYNC_HOOK_URL', env.SYNC_HOOK_URL],
    ...(['DATABASE_URL', 'REDIS_URL'] as const).flatMap((name) =>
      passwordsOf(env[name]).map((password): [string, string] => [`password of ${name}`, password]),
    ),
  ];
  return secrets.flatMap(([name, secret]) => (secret === undefined ? [] : [[name, secret]]));
}

/** Checks the settings, as {@link parseConfig} does, for a process whose database may be the embedded Postgres. */
export function readConfig(environment: Environment = readEnvironment()): Config {
  const config = parseConfig(environment);
  if (config.databaseUrl === undefined) ignorePostgresEnvironment();
  return config;
}

/** Returns the named settings as written, without those that are not set. */
export function pickSettings(environment: Environment, names: readonly string[]): Record<string, string> {
  const given = Object.entries(present(environment));
  return Object.fromEntries(given.flatMap(([name, value]) => (names.includes(name) && value ? [[name, value]] : [])));
}
