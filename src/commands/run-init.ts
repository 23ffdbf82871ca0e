import { withSettings, writePrivateFile } from '../config/edit-env-file.ts';
import { readEnvText } from '../config/env-file.ts';
import { withoutPassword } from '../config/password.ts';
import { ConfigError, FatalError } from '../model/errors.ts';
import { beginDialogue, answerQuestion, type Dialogue, type Settings } from './init-dialogue.ts';
import { askStores } from './init-database.ts';
import { describePlan, planSync, type SyncPlan } from './init-plan.ts';
import { askSource } from './init-source.ts';
import { configWith, presentOf, readSetup, readToken, type Setup } from './init-setup.ts';
import type { InitOptions } from './init-options.ts';
import type { Invocation } from './invocation.ts';

/** Result of `init`, and the plan for what follows. */
export interface Initialized {
  file: string;
  /** Names of the settings that were written. */
  written: string[];
  plan: SyncPlan;
}

/** Asks for the required settings, tries each answer, and writes all of them together at the end. */
export async function runInit(invocation: Invocation, options: InitOptions): Promise<Initialized> {
  const setup = readSetup(invocation, options);
  const dialogue = await beginDialogue(invocation);
  const token = await readToken(options, invocation.readInput);
  const tried = await askSource(dialogue, setup, token);
  const settings = { ...tried.settings, ...(await askStores(dialogue, setup, tried.settings)) };
  const answers = { ...settings, ...(await askTimeZone(dialogue, setup, settings)) };
  const plan = planSync(tried, configWith(setup, answers));
  const changes = changedSettings(setup, answers);
  await confirmChanges(dialogue, setup, changes);
  invocation.signal.throwIfAborted();
  const { file } = options;
  if (Object.keys(changes).length > 0)
    await writePrivateFile(file, withSettings(file, readEnvText(file) ?? '', changes));
  return { file, written: Object.keys(changes), plan };
}

const ZONE = 'REPORT_TIMEZONE';

async function askTimeZone(dialogue: Dialogue, setup: Setup, settings: Settings): Promise<Settings> {
  const { timezone, yes } = setup.options;
  const present = presentOf(setup, ZONE);
  const label = 'Time zone in which the days of reports begin';
  const usual = present ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = timezone ?? (yes ? undefined : await dialogue.prompts?.text(label, usual)) ?? present;
  if (zone === undefined) return {};
  const answered = await answerQuestion(dialogue, {
    fields: [{ setting: ZONE, label, isSecret: false, isRequired: false, otherwise: '--timezone' }],
    known: { [ZONE]: zone },
    tryOut: async (answer) => configWith(setup, { ...settings, ...answer }),
  });
  return answered.settings;
}

/** Returns the answers that the file does not have. */
const changedSettings = ({ inFile }: Setup, answers: Settings): Settings =>
  Object.fromEntries(Object.entries(answers).filter(([name, value]) => value !== (inFile[name] ?? '')));

/** Shows the settings to be written, and asks whether they may replace the present ones. Throws unless they may. */
async function confirmChanges({ prompts, say }: Dialogue, { options, inFile, present }: Setup, changes: Settings) {
  const { file, yes } = options;
  const names = Object.keys(changes);
  const replaced = names.filter((name) => inFile[name]?.trim());
  if (names.length === 0) return say(`${file} has these settings already.`);
  say(`To be written into ${file}:`);
  for (const name of names)
    say(
      `  ${name}=${shownValue(name, changes[name] ?? '')}${replaced.includes(name) ? '  (replaces another value)' : ''}`,
    );
  for (const name of names)
    if (present[name] !== undefined && present[name] !== inFile[name] && present[name] !== changes[name])
      say(`warning  ${name} is also set in the environment, which takes precedence over ${file}`);
  if (yes) return undefined;
  if (prompts && !(await prompts.confirm(`Write ${names.length === 1 ? 'it' : 'them'}?`)))
    throw new FatalError('CS5103', 'nothing was written');
  if (!prompts && replaced.length > 0)
    throw new ConfigError('CS1114', `${file} has another ${replaced.join(' and ')}: add --yes to replace it`);
  return undefined;
}

/** Returns a value without its secrets. */
const shownValue = (name: string, value: string) => (/_(TOKEN|KEY)$/.test(name) ? '…' : withoutPassword(value));

/** Formats what was done and what comes next, for people. */
export function describeInit({ file, written, plan }: Initialized): string[] {
  const isRead = file === '.env';
  return [
    written.length === 0 ? `${file} is unchanged.` : `Wrote ${file}, which only you may read.`,
    ...(isRead ? [] : [`Commands read .env in the working directory: put it there, or set what is in it.`]),
    '',
    ...describePlan(plan),
    '',
    'Next:',
    '  npx checkout-sync sync     does this now; continues where it is interrupted',
    '  npx checkout-sync worker   keeps the tables fresh; status page on http://127.0.0.1:3000',
    '  npx checkout-sync status   shows what is stored, and how fresh it is',
  ];
}
