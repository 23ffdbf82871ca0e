import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { apiUrl, insecureAddresses } from './api-url.ts';
import { databaseUrl } from './database-url.ts';
import { readEnvFile } from './env-file.ts';
import { passwordOf } from './password.ts';
import { proxyFor, proxySecrets, proxyUrl } from './proxy.ts';
import { ConfigError } from '../model/errors.ts';
import { rememberSecret } from '../model/secrets.ts';
import { parseSchedule, type Schedule } from '../model/schedule.ts';
import type { Proxy } from '../model/source.ts';

const wholeNumber = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,9}$/, { error: `must be a whole number from 1 to ${most}` })
    .transform(Number)
    .refine((value) => value <= most, { error: `must be a whole number from 1 to ${most}` });

const perMinute = wholeNumber(1_000_000_000);
/** Fewer characters can be guessed. */
const SECRET = /^[\x21-\x7e]{16,}$/;

/** The secrets of a list; one without spaces may as well be a single secret that contains commas. */
function secretsIn(list: string): string[] {
  const whole = list.trim();
  const parts = whole.split(',').map((secret) => secret.trim());
  return parts.length > 1 && !/\s/.test(whole) ? [...parts, whole] : parts;
}

const secrets = () =>
  z
    .string()
    .transform(secretsIn)
    .refine((list) => list.every((secret) => SECRET.test(secret)), {
      error: "must be the endpoint's secret, 16 characters or more without spaces; commas separate several",
    });

const noSpaces = (error: string) => z.string().regex(/^[\x21-\x7e]+$/, { error });

/** True for a URL whose user and password can be decoded; a % that stands for itself cannot. */
function isDecodable(url: string): boolean {
  const { username, password } = new URL(url);
  return !/%(?![\da-f]{2})/i.test(username + password);
}

/** Every setting there is, by the name users write. Secrets are named in {@link secretNames}. */
const settings = z.object({
  DATABASE_URL: databaseUrl.optional(),
  POLAR_ACCESS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: 'must be a token without spaces, as Polar shows it once' })
    .optional(),
  POLAR_API_URL: apiUrl('https://api.polar.sh').default('https://api.polar.sh'),
  POLAR_API_VERSION: z
    .string()
    .regex(/^\d{4}-\d{2}$/, { error: 'must be a version such as 2026-10' })
    .default('2026-10'),
  POLAR_ORGANIZATION_ID: z.uuid({ error: "must be the organization's UUID" }).toLowerCase().optional(),
  POLAR_REQUESTS_PER_MINUTE: perMinute.optional(),
  FYNN_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: 'must be a key without spaces, as Fynn shows it once' })
    .optional(),
  FYNN_API_URL: apiUrl('https://example.coreapi.io').optional(),
  FYNN_REQUESTS_PER_MINUTE: perMinute.default(60),
  FYNN_WEBHOOK_SECRET: secrets().optional(),
  ALLOW_INSECURE_HTTP: z.enum(['0', '1'], { error: 'must be 1, or 0 as by default' }).default('0'),
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
  POLAR_WEBHOOK_SECRET: secrets().optional(),
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
  ADMIN_TOKEN: z
    .string()
    .regex(SECRET, { error: 'must have 16 characters or more, without spaces; openssl rand -hex 24 makes one' })
    .optional(),
});

const SCHEDULE_SETTING = /^SYNC_SCHEDULE_[A-Z_]+_(FULL|INCREMENTAL)$/;

const settingNames = Object.keys(settings.shape);

/** How to reach Polar; the token never leaves the request header. */
export interface PolarConfig {
  token: string;
  url: string;
  /** What requests go through. */
  proxy: Proxy | undefined;
  version: string;
  organizationId: string | undefined;
  requestsPerMinute: number;
  /** Empty: the webhook endpoint is off. */
  webhookSecrets: readonly string[];
}

/** How to reach Fynn; the key never leaves the request header. */
export interface FynnConfig {
  key: string;
  url: string;
  /** What requests go through. */
  proxy: Proxy | undefined;
  requestsPerMinute: number;
  /** Empty: the webhook endpoint is off. */
  webhookSecrets: readonly string[];
}

/** The operator's port. */
export interface ServerConfig {
  host: string;
  port: number;
  /** What the status page asks for; undefined: nothing, which is allowed on a loopback address only. */
  adminToken: string | undefined;
}

export interface Config {
  /** Undefined: the embedded Postgres. */
  databaseUrl: string | undefined;
  /** Undefined: the queue lives in the database. */
  redisUrl: string | undefined;
  /** Names our queue among those of others; undefined: derived from the database. */
  queuePrefix: string | undefined;
  logLevel: string;
  server: ServerConfig;
  /** By the name of the setting; null is off. */
  schedules: Readonly<Record<string, Schedule | null>>;
  /** Undefined without a token: Polar's streams are off. */
  polar: PolarConfig | undefined;
  /** Undefined without a key: Fynn's streams are off. */
  fynn: FynnConfig | undefined;
  /** Settings that do nothing, because the one they need is not set. */
  idle: readonly { setting: string; needs: string }[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Names with our prefixes that we do not know: most likely a typing error, which would silently change nothing. */
function unknownNames(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => /^(POLAR|FYNN|SYNC)_/.test(name) && !settingNames.includes(name) && !SCHEDULE_SETTING.test(name))
    .map((name) => {
      const near = closest(name, settingNames);
      const hint = distance(name, near) <= 4 ? `did you mean ${near}?` : 'remove it; README lists the settings';
      return `${name} is not a setting: ${hint}`;
    });
}

/** A webhook's secret turns nothing on while its source is off. */
function idleSettings(given: Environment): Config['idle'] {
  const needed = [
    { setting: 'POLAR_WEBHOOK_SECRET', needs: 'POLAR_ACCESS_TOKEN' },
    { setting: 'FYNN_WEBHOOK_SECRET', needs: 'FYNN_API_KEY' },
  ];
  return needed.filter(({ setting, needs }) => given[setting] !== undefined && given[needs] === undefined);
}

/** Polar's limits are 500 requests a minute, and 100 on the sandbox; a tenth is left for others who use the organization. */
function defaultRequestsPerMinute(url: string): number {
  return new URL(url).hostname.startsWith('sandbox-') ? 90 : 450;
}

/** The schedules given, and one line for each that is none. */
function parseSchedules(environment: Environment): { schedules: Record<string, Schedule | null>; problems: string[] } {
  const schedules: Record<string, Schedule | null> = {};
  const problems: string[] = [];
  for (const [name, value = ''] of Object.entries(environment)) {
    if (!SCHEDULE_SETTING.test(name)) continue;
    const schedule = /^off$/i.test(value.trim()) ? null : parseSchedule(value);
    if (schedule === undefined)
      problems.push(`${name} must be a cron pattern such as 17 3 * * * (in UTC), an interval such as every 5m, or off`);
    else schedules[name] = schedule;
  }
  return { schedules, problems };
}

function present(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}

/**
 * Checks the settings of an environment; an empty value counts as unset. Throws one {@link ConfigError} that names every problem.
 * Its secrets are remembered: no text of this process shows them.
 */
export function parseConfig(environment: Environment): Config {
  const given = present(environment);
  const parsed = settings.safeParse(given);
  const invalid = parsed.error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ?? [];
  const { schedules, problems: unreadable } = parseSchedules(given);
  const homeless = given.FYNN_API_KEY !== undefined && given.FYNN_API_URL === undefined;
  const address = homeless ? ["FYNN_API_URL must be set with FYNN_API_KEY: the address of your tenant's API"] : [];
  const insecure = parsed.success ? insecureAddresses(parsed.data) : [];
  const problems = [...invalid, ...address, ...insecure, ...unreadable, ...unknownNames(given)];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems.join('\n'));
  const env = parsed.data;
  const url = env.POLAR_API_URL.replace(/\/+$/, '').replace(/(?<!\/)\/v1$/, '');
  const config: Config = {
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    queuePrefix: env.QUEUE_PREFIX,
    logLevel: env.LOG_LEVEL,
    server: { host: env.HOST, port: env.PORT, adminToken: env.ADMIN_TOKEN },
    schedules,
    idle: idleSettings(given),
    polar: env.POLAR_ACCESS_TOKEN
      ? {
          token: env.POLAR_ACCESS_TOKEN,
          url,
          proxy: proxyFor(url, env),
          version: env.POLAR_API_VERSION,
          organizationId: env.POLAR_ORGANIZATION_ID,
          requestsPerMinute: env.POLAR_REQUESTS_PER_MINUTE ?? defaultRequestsPerMinute(url),
          webhookSecrets: env.POLAR_WEBHOOK_SECRET ?? [],
        }
      : undefined,
    fynn:
      env.FYNN_API_KEY !== undefined && env.FYNN_API_URL !== undefined
        ? {
            key: env.FYNN_API_KEY,
            url: env.FYNN_API_URL.replace(/\/+$/, ''),
            proxy: proxyFor(env.FYNN_API_URL, env),
            requestsPerMinute: env.FYNN_REQUESTS_PER_MINUTE,
            webhookSecrets: env.FYNN_WEBHOOK_SECRET ?? [],
          }
        : undefined,
  };
  for (const [name, secret] of [...secretsOf(config), ...proxySecrets(env)]) rememberSecret(name, secret);
  return config;
}

/** Every secret of a configuration, with what to write in its place. */
function secretsOf({ polar, fynn, server, databaseUrl: database, redisUrl }: Config): [name: string, secret: string][] {
  const secrets: [string, string | undefined][] = [
    ['POLAR_ACCESS_TOKEN', polar?.token],
    ['FYNN_API_KEY', fynn?.key],
    ['ADMIN_TOKEN', server.adminToken],
    ...(polar?.webhookSecrets ?? []).map((secret): [string, string] => ['POLAR_WEBHOOK_SECRET', secret]),
    ...(fynn?.webhookSecrets ?? []).map((secret): [string, string] => ['FYNN_WEBHOOK_SECRET', secret]),
    ['password of DATABASE_URL', passwordOf(database)],
    ['password of REDIS_URL', passwordOf(redisUrl)],
  ];
  return secrets.flatMap(([name, secret]) => (secret === undefined ? [] : [[name, secret]]));
}

/** Reads the settings from the process environment and, below it, from `.env` in the working directory. */
export function readConfig(): Config {
  const config = parseConfig(readEnvironment());
  if (config.databaseUrl === undefined) ignorePostgresEnvironment();
  return config;
}

const readEnvironment = () => ({ ...readEnvFile('.env'), ...process.env });

/** Reads single settings as they are written; those that are not set are left out. */
export function readSettings(names: readonly string[]): Record<string, string> {
  const given = Object.entries(present(readEnvironment()));
  return Object.fromEntries(given.flatMap(([name, value]) => (names.includes(name) && value ? [[name, value]] : [])));
}

/** `PGSSLMODE`, `PGOPTIONS` and the like speak of another server than the embedded Postgres, but pg obeys them for any. */
export function ignorePostgresEnvironment(): void {
  for (const name of Object.keys(process.env)) if (/^PG[A-Z_]+$/.test(name)) delete process.env[name];
}
