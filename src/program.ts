import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { accountsCommand } from './commands/accounts.ts';
import { completionCommand } from './commands/completion.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { forgetCommand } from './commands/forget.ts';
import { grantCommand, revokeCommand } from './commands/grant.ts';
import { initCommand } from './commands/init.ts';
import type { Invocation } from './commands/invocation.ts';
import { migrateCommand } from './commands/migrate.ts';
import { pullCommand } from './commands/pull.ts';
import { reportCommand } from './commands/report.ts';
import { simulateCommand } from './commands/simulate.ts';
import { statusCommand } from './commands/status.ts';
import { syncCommand } from './commands/sync.ts';
import { verifyCommand } from './commands/verify.ts';
import { workerCommand } from './commands/worker.ts';
import { errorCodeOf } from './model/error-code-of.ts';
import type { ErrorCode, UsageCode } from './model/error-codes.ts';
import { ConfigError, formatError } from './model/errors.ts';
import { isObject } from './model/json.ts';

/** The exit code of a command whose work failed, or found a difference. */
export const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** The commands, in the order in which `--help` shows them. */
const commands = [
  initCommand,
  migrateCommand,
  syncCommand,
  workerCommand,
  pullCommand,
  verifyCommand,
  statusCommand,
  accountsCommand,
  forgetCommand,
  grantCommand,
  revokeCommand,
  exportCommand,
  reportCommand,
  doctorCommand,
  demoCommand,
  simulateCommand,
  completionCommand,
];

/** The version in package.json, which lies above the code, compiled or not. */
function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return isObject(manifest) && typeof manifest.version === 'string' ? manifest.version : 'unknown';
}

/** The command line, for one call of it. Building it does nothing. */
export function buildProgram(invocation: Invocation): Command {
  const { stdout, stderr } = invocation;
  const program = new Command('checkout-sync')
    .description("Keeps a billing provider's checkout links and checkout sessions in your own Postgres.")
    .version(packageVersion(), '--version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: () => undefined, // the thrown error has the same text
    })
    .addHelpText(
      'after',
      '\nSettings come from the environment and from .env. README.md and docs/ are in the folder of the package.\nExit codes: 0 done; 1 the work failed, a record was rejected, or tables and source differ; 2 wrong usage or configuration.',
    );
  for (const make of commands) program.addCommand(make(invocation));
  inheritSettings(program);
  return program;
}

/** Gives all commands below a command what is set for it. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) inheritSettings(command.copyInheritedSettings(parent));
}

/**
 * Runs the command that the arguments name, and returns the exit code. Whatever goes wrong is one clear line per problem on
 * stderr, never a stack.
 */
export async function runProgram(args: readonly string[], surroundings: Omit<Invocation, 'fail'>): Promise<number> {
  let code = 0;
  const program = buildProgram({ ...surroundings, fail: () => (code = EXIT_FAILED) });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    for (const { code: name, message } of shownErrors(error))
      surroundings.stderr.write(`checkout-sync: ${name}: ${message}\n`);
    return exitCodeOf(error);
  }
}

/** Codes for the errors of commander; those of the others are CS1104. */
const USAGE: Readonly<Record<string, UsageCode>> = {
  'commander.unknownCommand': 'CS1101',
  'commander.unknownOption': 'CS1102',
  'commander.missingArgument': 'CS1103',
  'commander.excessArguments': 'CS1103',
  'commander.conflictingOption': 'CS1105',
  'commander.error': 'CS1105',
};

const SHOWN_BY_COMMANDER = /^commander\.(help|helpDisplayed|version)$/;

function shownErrors(error: unknown): readonly { code: ErrorCode; message: string }[] {
  if (error instanceof ConfigError) return error.problems;
  if (!(error instanceof CommanderError)) return [{ code: errorCodeOf(error), message: formatError(error) }];
  if (SHOWN_BY_COMMANDER.test(error.code)) return [];
  return [
    { code: USAGE[error.code] ?? 'CS1104', message: error.message.replace(/^error: /, '').replaceAll(/\s+/g, ' ') },
  ];
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  return error instanceof ConfigError ? EXIT_USAGE : EXIT_FAILED;
}
