import { readFile } from 'node:fs/promises';
import { readConfig, type Config } from '../config/config.ts';
import { readEnvFile } from '../config/env-file.ts';
import type { CheckResult } from '../model/check.ts';
import { ConfigError, formatError } from '../model/errors.ts';
import type { Environment } from '../model/source-definition.ts';
import type { Settings } from './init-dialogue.ts';
import type { InitOptions } from './init-options.ts';
import type { Invocation } from './invocation.ts';

/** What an `init` starts from. */
export interface Setup {
  options: InitOptions;
  /** The settings of the file that is written. */
  inFile: Environment;
  /** The settings that a command would have now: those of the process, then those of the file. */
  present: Environment;
  signal: AbortSignal;
}

/** Reads the settings that there are. Throws a ConfigError for a file that cannot be read. */
export function readSetup({ environment, signal }: Invocation, options: InitOptions): Setup {
  const inFile = readEnvFile(options.file);
  return { options, inFile, present: { ...inFile, ...environment() }, signal };
}

/** Returns a present setting; an empty one counts as unset. */
export const presentOf = ({ present }: Setup, name: string): string | undefined => present[name]?.trim() || undefined;

/** Checks the present settings with these in place of their own. Throws a ConfigError. */
export const configWith = ({ present }: Setup, settings: Settings): Config => readConfig({ ...present, ...settings });

/** Returns the token that an option leads to; undefined without one. Throws a ConfigError for a file that cannot be read. */
export async function readToken(
  { tokenFile, tokenStdin }: InitOptions,
  readInput: Invocation['readInput'],
): Promise<string | undefined> {
  if (tokenStdin) return (await readInput()).trim();
  if (tokenFile === undefined) return undefined;
  try {
    return (await readFile(tokenFile, 'utf8')).trim();
  } catch (error) {
    throw new ConfigError('CS1112', `${tokenFile} cannot be read: ${formatError(error)}`);
  }
}

/** Returns a problem as one line. */
export const checkLine = ({ check, code, found, advice }: CheckResult): string =>
  `${check}: ${code}: ${found}: ${advice}`;
