import type { CANCEL_SYMBOL } from '@clack/prompts';
import { ConfigError, FatalError } from '../model/errors.ts';
import { scrub } from '../model/secrets.ts';
import type { Invocation, Terminal } from './invocation.ts';

/** Settings by their names. An empty one counts as unset. */
export type Settings = Readonly<Record<string, string>>;

/** One of several answers to choose from. */
interface Choice<T> {
  value: T;
  label: string;
}

/** Asks a person. Ctrl-C ends each question with a FatalError. */
export interface Prompts {
  choose: <T extends string>(message: string, choices: readonly Choice<T>[], initial?: T) => Promise<T>;
  text: (message: string, initial: string) => Promise<string>;
  /** Shows a mark per character. */
  secret: (message: string) => Promise<string>;
  confirm: (message: string) => Promise<boolean>;
}

/** A conversation, or what becomes of it where nobody can be asked. */
export interface Dialogue {
  /** Undefined without a terminal. */
  prompts: Prompts | undefined;
  say: (line: string) => void;
}

/** Begins a conversation on the invocation's terminal, if it has one. */
export async function beginDialogue({ terminal, stderr, signal }: Invocation): Promise<Dialogue> {
  const here = terminal();
  const prompts = here && (await promptsOn(here, signal));
  return { prompts, say: (line) => void stderr.write(`${scrub(line)}\n`) };
}

async function promptsOn(terminal: Terminal, signal: AbortSignal): Promise<Prompts> {
  const { confirm, password, select, text } = await import('@clack/prompts');
  const common = { ...terminal, signal: AbortSignal.any([signal, endOfInput(terminal)]) };
  return {
    choose: async (message, choices, initial) => {
      const options = choices.map((value) => ({ value, label: value.label }));
      const initialValue = choices.find(({ value }) => value === initial);
      return (await answerOf(select({ ...common, message, options, ...(initialValue && { initialValue }) }))).value;
    },
    text: (message, initialValue) => answerOf(text({ ...common, message, initialValue })),
    secret: async (message) => (await answerOf(password({ ...common, message }))) ?? '',
    confirm: (message) => answerOf(confirm({ ...common, message })),
  };
}

/** Returns a signal for the end of input, Ctrl-D included: Clack would wait for keys for ever, and the process end in the middle. */
function endOfInput({ input }: Terminal): AbortSignal {
  const ended = new AbortController();
  input.once('end', () => ended.abort());
  input.on('keypress', (_text: string | undefined, key?: { ctrl?: boolean; name?: string }) => {
    if (key?.ctrl && key.name === 'd') ended.abort();
  });
  return ended.signal;
}

/** Clack answers with its symbol after Ctrl-C. */
const isCancelled = (answer: unknown): answer is typeof CANCEL_SYMBOL => typeof answer === 'symbol';

async function answerOf<T>(asked: Promise<T | typeof CANCEL_SYMBOL>): Promise<T> {
  const answer = await asked;
  if (isCancelled(answer)) throw new FatalError('CS5103', 'cancelled: nothing was written');
  return answer;
}

/** A setting that a person is asked for. */
export interface AskedSetting {
  setting: string;
  /** What it is, for people. */
  label: string;
  isSecret: boolean;
  isRequired: boolean;
  /** How to give it without a terminal. */
  otherwise: string;
}

/** Settings that are tried together. */
interface Question<T> {
  /** The first one is asked for again after a problem that names none. */
  fields: readonly [AskedSetting, ...AskedSetting[]];
  /** What is known already. */
  known: Settings;
  /** Returns what was found with the settings. Throws a {@link wrongAnswer} or a ConfigError where they do not work. */
  tryOut: (answer: Settings) => Promise<T>;
}

/** Settings that work, and what was found with them. */
interface Answered<T> {
  settings: Settings;
  found: T;
}

/**
 * Returns the first settings that work. Says of others what is wrong with them, and asks again for those that the problem names.
 * Without a terminal, the first problem is thrown, and a ConfigError where something is missing.
 */
export async function answerQuestion<T>(
  dialogue: Dialogue,
  { fields, known, tryOut }: Question<T>,
): Promise<Answered<T>> {
  const missing = fields.filter(({ isRequired, setting }) => isRequired && known[setting] === undefined);
  for (let settings = await askFor(dialogue, missing, known); ;) {
    try {
      return { settings, found: await tryOut(settings) };
    } catch (error) {
      if (!dialogue.prompts || !isWrongAnswer(error)) throw error;
      const problem = error.message.replaceAll('\n', '; ');
      dialogue.say(`problem  ${problem}`);
      const named = fields.filter(({ setting }) => problem.includes(setting));
      settings = await askFor(dialogue, named.length > 0 ? named : [fields[0]], settings);
    }
  }
}

/** Says that an answer does not work, and what to do. */
export const wrongAnswer = (problem: string) => new FatalError('CS1113', problem);

const isWrongAnswer = (error: unknown): error is Error =>
  error instanceof ConfigError || (error instanceof FatalError && error.code === 'CS1113');

/** Asks for each field; nothing is what was there before. */
async function askFor({ prompts }: Dialogue, fields: readonly AskedSetting[], before: Settings): Promise<Settings> {
  const answers: Record<string, string> = { ...before };
  for (const { setting, label, isSecret, otherwise } of fields) {
    if (!prompts) throw notGiven(label, otherwise);
    const last = before[setting] ?? '';
    const again = last === '' ? '' : ', or Enter to try the same again';
    const answer = isSecret ? await prompts.secret(`${label}${again}`) : await prompts.text(label, last);
    answers[setting] = answer.trim() || last;
  }
  return answers;
}

/** Says how to answer without a terminal. */
export const notGiven = (label: string, otherwise: string) =>
  new ConfigError('CS1112', `there is no terminal to ask for the ${label}: give ${otherwise}`);
