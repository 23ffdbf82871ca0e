import { readFile } from 'node:fs/promises';
import { readConfig, type Config } from '../config/config.ts';
import { readEnvFile } from '../config/env-file.ts';
import type { CheckResult } from '../model/check.ts';
import { ConfigError, formatError } from '../model/errors.ts';
import type { Environment } from '../model/source-definition.ts';
import type { Settings } from './init-dialogue.ts';
import type { InitOptions } from './init-options.ts';
import type { Invocation } from './invocation.ts';

/** The state in which `init` starts. */
export interface Setup {
  options: InitOptions;
  /** Settings in the file that `init` writes. */
  inFile: Environment;
  /** Settings that a command would use now: those of the process, then those of the file. */
  present: Environment;
  signal: AbortSignal;
}

/** Reads the present settings. Throws a ConfigError for a file that cannot be read. */
export function readSetup({ environment, signal }: Invocation, options: InitOptions): Setup {
  const inFile = readEnvFile(options.file);
  return { options, inFile, present: { ...inFile, ...environment() }, signal };
}

/** Returns a present setting; an empty one counts as unset. */
export const presentOf = ({ present }: Setup, name: string): string | undefined => present[name]?.trim() || undefined;

/** Checks the present settings, overridden by the given ones. Throws a ConfigError. */
export const configWith = ({ present }: Setup, settings: Settings): Config => readConfig({ ...present, ...settings });

/**
 * Returns the token that an option provides; undefined without such an option. Throws a ConfigError for a file that
 * cannot be read.
 */
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

/** Formats a problem as one line. */
export const checkLine = ({ check, code, found, advice }: CheckResult): string =>
  `${check}: ${code}: ${found}: ${advice}`;
