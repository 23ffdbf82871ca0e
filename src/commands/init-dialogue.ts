import type { CANCEL_SYMBOL } from '@clack/prompts';
import { ConfigError, FatalError } from '../model/errors.ts';
import { scrub } from '../model/secrets.ts';
import type { Invocation, Terminal } from './invocation.ts';

/** Settings by name. An empty one counts as unset. */
export type Settings = Readonly<Record<string, string>>;

/** One of several answers to choose from. */
interface Choice<T> {
  value: T;
  label: string;
}

/** Questions to a person. Ctrl-C ends each of them with a FatalError. */
export interface Prompts {
  choose: <T extends string>(message: string, choices: readonly Choice<T>[], initial?: T) => Promise<T>;
  text: (message: string, initial: string) => Promise<string>;
  /** Shows one mark per character. */
  secret: (message: string) => Promise<string>;
  confirm: (message: string) => Promise<boolean>;
}

/** A conversation, or its replacement if nobody can be asked. */
export interface Dialogue {
  /** Undefined without a terminal. */
  prompts: Prompts | undefined;
  say: (line: string) => void;
}

/** Starts a conversation on the invocation's terminal, if it has one. */
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

/**
 * Returns a signal that is aborted at the end of input, Ctrl-D included. Without it, Clack would wait for keys forever,
 * and the process would end midway.
 */
function endOfInput({ input }: Terminal): AbortSignal {
  const ended = new AbortController();
  input.once('end', () => ended.abort());
  input.on('keypress', (_text: string | undefined, key?: { ctrl?: boolean; name?: string }) => {
    if (key?.ctrl && key.name === 'd') ended.abort();
  });
  return ended.signal;
}

/** Returns true if Ctrl-C was pressed: Clack then returns its symbol. */
const isCancelled = (answer: unknown): answer is typeof CANCEL_SYMBOL => typeof answer === 'symbol';

async function answerOf<T>(asked: Promise<T | typeof CANCEL_SYMBOL>): Promise<T> {
  const answer = await asked;
  if (isCancelled(answer)) throw new FatalError('CS5103', 'cancelled: nothing was written');
  return answer;
}

/** A setting that a person is asked for. */
export interface AskedSetting {
  setting: string;
  /** Description of the setting for people. */
  label: string;
  isSecret: boolean;
  isRequired: boolean;
  /** Ways to provide the setting without a terminal. */
  otherwise: string;
}

/** Settings that are tried together. */
interface Question<T> {
  /** The first one is asked for again after a problem that names none. */
  fields: readonly [AskedSetting, ...AskedSetting[]];
  /** Settings that are known already. */
  known: Settings;
  /** Tries the settings and returns the findings. Throws a {@link wrongAnswer} or a ConfigError if they do not work. */
  tryOut: (answer: Settings) => Promise<T>;
}

/** Settings that work, and the findings of trying them. */
interface Answered<T> {
  settings: Settings;
  found: T;
}

/**
 * Returns the first settings that work. Shows the problem of those that do not, and asks again for the settings that it
 * names. Without a terminal, throws the first problem, and a ConfigError if a setting is missing.
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

/** Returns the error for an answer that does not work; `problem` says what to do. */
export const wrongAnswer = (problem: string) => new FatalError('CS1113', problem);

const isWrongAnswer = (error: unknown): error is Error =>
  error instanceof ConfigError || (error instanceof FatalError && error.code === 'CS1113');

/** Asks for each field; an empty answer keeps the previous value. */
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

/** Returns the error that says how to answer without a terminal. */
export const notGiven = (label: string, otherwise: string) =>
  new ConfigError('CS1112', `there is no terminal to ask for the ${label}: give ${otherwise}`);
