import { checkHosting } from '../database/hosting.ts';
import type { CheckResult } from '../model/check.ts';
import { checkRedis } from '../queue/check-queue.ts';
import { checkStores } from './checks.ts';
import {
  answerQuestion,
  notGiven,
  wrongAnswer,
  type Dialogue,
  type AskedSetting,
  type Settings,
} from './init-dialogue.ts';
import { configWith, checkLine, presentOf, type Setup } from './init-setup.ts';

const DATABASE = 'DATABASE_URL';
const REDIS = 'REDIS_URL';

/** Database checks that the first sync depends on; doctor's other checks matter later, or the sync settles them. */
const NEEDED = new Set(['connection', 'version', 'encoding', 'grants'].map((name) => `database.${name}`));

const databaseField: AskedSetting = {
  setting: DATABASE,
  label: 'URL of the database, such as postgres://user:password@host/database',
  isSecret: true,
  isRequired: true,
  otherwise: `--database-url or ${DATABASE}, or --yes for the embedded Postgres`,
};

const redisField: AskedSetting = {
  setting: REDIS,
  label: 'URL of Redis, such as redis://user:password@host:6379/0',
  isSecret: true,
  isRequired: true,
  otherwise: `--redis-url or ${REDIS}`,
};

/** Asks for database and queue until both can be used. `settings` are those of the source. */
export async function askStores(dialogue: Dialogue, setup: Setup, settings: Settings): Promise<Settings> {
  const database = await answerQuestion(dialogue, {
    fields: [databaseField],
    known: await knownDatabase(dialogue, setup),
    tryOut: async (answer) => {
      const config = configWith(setup, { ...settings, ...answer, [REDIS]: '' });
      return requireGood(await checkStores(config, config.sources, setup.signal), (check) => NEEDED.has(check));
    },
  });
  sayFound(dialogue, database.found, 'database.connection');
  const queue = await answerQuestion(dialogue, {
    fields: [redisField],
    known: await knownQueue(dialogue, setup),
    tryOut: async (answer) => {
      const { redisUrl, queuePrefix } = configWith(setup, { ...settings, ...database.settings, ...answer });
      const checks = redisUrl === undefined ? database.found : await checkRedis(redisUrl, queuePrefix);
      return requireGood(checks, (check) => check.startsWith('queue.'));
    },
  });
  sayFound(dialogue, queue.found, 'queue.backend');
  warnOfHost(dialogue, { ...database.settings, ...queue.settings });
  return { ...database.settings, ...queue.settings };
}

/** Returns the checks. Throws the first problem for which `isMeant` is true. */
function requireGood(checks: readonly CheckResult[], isMeant: (check: string) => boolean): readonly CheckResult[] {
  const wrong = checks.find(({ check, state }) => state === 'problem' && isMeant(check));
  if (wrong) throw wrongAnswer(checkLine(wrong));
  return checks;
}

function sayFound({ say }: Dialogue, checks: readonly CheckResult[], name: string): void {
  for (const { check, state, found } of checks) if (check === name && state === 'ok') say(`ok       ${found}`);
}

function warnOfHost({ say }: Dialogue, settings: Settings): void {
  const remarks = checkHosting(settings[DATABASE] || undefined, { isQueue: settings[REDIS] === '' });
  for (const remark of remarks) if (remark.state === 'problem') say(`warning  ${checkLine(remark)}`);
}

/** Returns the known database; an empty URL is the embedded Postgres. */
async function knownDatabase({ prompts }: Dialogue, setup: Setup): Promise<Settings> {
  const { databaseUrl, yes } = setup.options;
  const present = presentOf(setup, DATABASE);
  const known = databaseUrl ?? (yes || !prompts ? present : undefined);
  if (known !== undefined) return { [DATABASE]: known };
  if (yes) return { [DATABASE]: '' };
  if (!prompts) throw notGiven('database', databaseField.otherwise);
  const chosen = await prompts.choose('Where shall the tables be?', [
    ...(present === undefined ? [] : [{ value: 'present', label: `in the database that ${DATABASE} names` } as const]),
    { value: 'own', label: 'in a Postgres of mine, by its URL' },
    { value: 'embedded', label: 'in an embedded Postgres under .data/postgres, to try it' },
  ]);
  if (chosen === 'own') return {};
  return { [DATABASE]: chosen === 'present' ? (present ?? '') : '' };
}

/** Returns the known queue; an empty URL is a queue in the database. */
async function knownQueue({ prompts }: Dialogue, setup: Setup): Promise<Settings> {
  const { redisUrl, yes } = setup.options;
  const present = presentOf(setup, REDIS);
  const known = redisUrl ?? present;
  if (known !== undefined || yes || !prompts) return { [REDIS]: known ?? '' };
  const chosen = await prompts.choose('Where shall the queue of scheduled walks be?', [
    { value: 'database', label: 'in the same database' },
    { value: 'redis', label: 'in Redis, by its URL' },
  ]);
  return chosen === 'redis' ? {} : { [REDIS]: '' };
}
