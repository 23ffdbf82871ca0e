import { examine, problem, skipped, type CheckResult } from '../model/check.ts';
import type { Config } from '../config/config.ts';
import { errorCodeOf } from '../model/error-code-of.ts';
import { ConfigError, formatError } from '../model/errors.ts';
import { checkSource } from '../extract/check-source.ts';
import { checkClock, clockChecks } from '../load/check-clock.ts';
import { checkDatabase, databaseChecks, openSession } from '../database/check-database.ts';
import { checkHosting } from '../database/hosting.ts';
import { createLogger } from '../model/log.ts';
import { requireAdminToken } from '../admin/admin.ts';
import { checkHook } from '../ledger/hook-deliveries.ts';
import { checkOwn, checkRedis, checkSchema, schemaCheck } from '../queue/check-queue.ts';
import { SCHEMA } from '../queue/postgres.ts';
import { reportingViews } from '../reporting/reporting-views.ts';
import { scheduleWalks } from '../queue/schedules.ts';
import { streamEntities } from '../sources/index.ts';
import type { Source } from '../model/source.ts';
import { noSource } from '../operations/choose.ts';
import { count } from './format.ts';

/**
 * Checks settings, database, queue and sources side by side, and leaves nothing behind. A part that fails does not hide
 * the others.
 */
export async function checkAll(config: Config, signal: AbortSignal): Promise<CheckResult[]> {
  const sources = config.sources;
  const log = createLogger('silent'); // the results of the checks are the only output
  const [settings, ...others] = await Promise.all([
    checkSettings(config, sources),
    unlessBroken('database', checkStores(config, sources, signal)),
    config.redisUrl === undefined ? [] : checkRedis(config.redisUrl, config.queuePrefix),
    ...sources.map((source) => unlessBroken(source.name, checkSource(source, log, signal))),
  ]);
  signal.throwIfAborted();
  const hosting = checkHosting(config.databaseUrl, { isQueue: config.redisUrl === undefined });
  return [...settings, ...hosting, ...others.flat()];
}

/** Returns the checks of a part; if they cannot run, a problem that says so. */
const unlessBroken = (part: string, checks: Promise<CheckResult[]>) =>
  checks.catch((error: unknown) => [
    problem(part, {
      code: errorCodeOf(error),
      found: `it cannot be checked: ${formatError(error)}`,
      advice: 'try again, and report it if that does not help',
    }),
  ]);

/** Checks that the settings are consistent with each other. */
function checkSettings(config: Config, sources: readonly Source[]): Promise<CheckResult[]> {
  const looks = {
    sources: () => sourcesOf(sources),
    webhooks: () => webhooksOf(config, sources),
    schedules: () => schedulesOf(config, sources),
    admin_token: () => adminTokenOf(config),
  };
  return Promise.all(Object.entries(looks).map(([name, look]) => examine(`settings.${name}`, look, 'see README.md')));
}

const namesOf = (sources: readonly Source[]) => sources.map(({ name }) => name).join(' and ');

function sourcesOf(sources: readonly Source[]): string {
  if (sources.length === 0) throw noSource();
  return `${namesOf(sources)} turned on`;
}

function webhooksOf({ idle }: Config, sources: readonly Source[]): string {
  const [first] = idle;
  if (first)
    throw new ConfigError(
      'CS1213',
      `${idle.map(({ setting }) => setting).join(' and ')} without a source: set ${first.needs}, or remove ${first.setting}`,
    );
  const event = sources.filter(({ webhooks }) => webhooks !== undefined);
  return event.length === 0 ? 'turned off' : `taken from ${namesOf(event)}`;
}

function schedulesOf({ schedules }: Config, sources: readonly Source[]): string {
  const streams = sources.flatMap((source) => source.streams);
  return `${count(scheduleWalks(streams, schedules, Object.keys(streamEntities)).length)} walks scheduled`;
}

function adminTokenOf({ server }: Config): string {
  requireAdminToken(server);
  return server.adminToken === undefined ? `not needed on ${server.host}` : 'set';
}

/** Checks the database, and the queue if it is in the database. */
export async function checkStores(
  { databaseUrl, redisUrl, queuePrefix, hook, report }: Config,
  sources: readonly Source[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const isQueue = redisUrl === undefined;
  const { check, session } = await openSession(databaseUrl, {
    signal,
    say: (message) => createLogger('warn').warn(message),
  });
  if (!session)
    return [check, ...[...databaseChecks, ...clockChecks, ...(isQueue ? [schemaCheck] : [])].map(skip(check))];
  const schemas = [...sources.map(({ name }) => name), 'sync', 'history', ...(isQueue ? [SCHEMA] : [])];
  try {
    const checks = [check, ...(await checkDatabase(session.client, schemas, reportingViews(report)))];
    checks.push(...(await checkClock(session.client, sources, checks)));
    if (hook) checks.push(await checkHook(session.client));
    if (!isQueue) return checks;
    const own = queuePrefix === undefined ? [] : [await checkOwn(session.client, queuePrefix)];
    return [...checks, await checkSchema(session.client, session.pooler), ...own];
  } finally {
    await session.close();
  }
}

const skip =
  ({ check, state }: CheckResult) =>
  (name: string) =>
    skipped(name, state === 'ok' ? 'there is no database yet' : `see ${check}`);
