import type { Argument, Command, Option } from 'commander';

/** A candidate at the cursor. */
export interface Completion {
  value: string;
  /** One line for people; empty for a value, which its option describes. */
  description: string;
}

/** Values by the name of an argument or option, for those without choices of their own. */
type Values = Readonly<Record<string, () => Promise<readonly string[]>>>;

/** The position that the words before the cursor lead to. */
interface Cursor {
  command: Command;
  operands: number;
  /** The option whose value comes next. */
  option: Option | undefined;
}

/**
 * Returns the candidates for the last of the words after the program's name; none if only the user can know. Bash
 * passes `--mode=full` as three words.
 */
export async function completeLine(program: Command, line: readonly string[], values: Values): Promise<Completion[]> {
  const words = line.filter((word) => word !== '=');
  const current = line.at(-1) === '=' ? '' : (words.pop() ?? '');
  const found = await completionsAt(findCursor(program, words), current, values);
  return found.filter(({ value }) => value.startsWith(current));
}

function findCursor(program: Command, words: readonly string[]): Cursor {
  const cursor: Cursor = { command: program, operands: 0, option: undefined };
  for (const word of words) {
    const sub = cursor.command.commands.find((one) => one.name() === word);
    if (cursor.option) cursor.option = undefined;
    else if (word.startsWith('-')) cursor.option = valueOption(cursor.command, word);
    else if (sub) Object.assign(cursor, { command: sub, operands: 0 });
    else cursor.operands++;
  }
  return cursor;
}

/** Returns the option that the word names, if its value is the next word. */
function valueOption(command: Command, word: string): Option | undefined {
  const option = command.options.find(({ long, short }) => word === long || word === short);
  return option?.required ? option : undefined;
}

async function completionsAt({ command, operands, option }: Cursor, current: string, values: Values) {
  if (option) return optionValues(option, values);
  const [, name] = /^(--[^=]+)=/.exec(current) ?? [];
  if (name) return withPrefix(`${name}=`, await optionValues(valueOption(command, name), values));
  return current.startsWith('-')
    ? optionsOf(command)
    : [...commandsOf(command), ...(await argumentValues(command, operands, values))];
}

const withPrefix = (prefix: string, all: readonly Completion[]) =>
  all.map((one) => ({ ...one, value: prefix + one.value }));

const optionsOf = (command: Command): Completion[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', description }));

const commandsOf = (command: Command): Completion[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: one.description() }));

async function optionValues(option: Option | undefined, values: Values): Promise<Completion[]> {
  return option ? knownValues(option, option.attributeName(), values) : [];
}

async function argumentValues({ registeredArguments: all }: Command, operands: number, values: Values) {
  const last = all.at(-1);
  const argument = all[operands] ?? (last?.variadic ? last : undefined);
  return argument ? knownValues(argument, argument.name(), values) : [];
}

async function knownValues({ argChoices }: Argument | Option, name: string, values: Values): Promise<Completion[]> {
  const known = argChoices ?? (await values[name]?.()) ?? [];
  return known.map((value) => ({ value, description: '' }));
}
