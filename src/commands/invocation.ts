import type { Readable, Writable } from 'node:stream';
import { InvalidArgumentError, Option } from 'commander';
import type { Environment } from '../model/source-definition.ts';
import { scrub } from '../model/secrets.ts';

/** A stream that a command writes to. */
export interface Output {
  write: (text: string) => unknown;
  /** True for a terminal, where a person reads. */
  isTTY?: boolean;
}

/** Keyboard input of a person, and the output shown to them. */
export interface Terminal {
  input: Readable;
  output: Writable;
}

/** One call of the command line: everything that a command takes from its process. */
export interface Invocation {
  /**
   * Returns the settings: those of the process and, below them, those of `.env`. Throws a ConfigError if that file
   * cannot be read.
   */
  environment: () => Environment;
  stdout: Output;
  stderr: Output;
  /** Returns the terminal where a person can be asked; undefined if there is none. */
  terminal: () => Terminal | undefined;
  /** Reads standard input to its end. */
  readInput: () => Promise<string>;
  /** Ends the current work: aborted by the first Ctrl-C or SIGTERM, or when the reader of stdout is gone. */
  signal: AbortSignal;
  /** Makes the call end with exit code 1 once the command is done. */
  fail: () => void;
}

/** Returns the option `--json`. */
export const jsonOption = () => new Option('--json', 'print one JSON object on stdout');

/** Returns the option `--account`. */
export const accountOption = () =>
  new Option('--account <name>', 'only this account (default: all)').argParser(accountName);

/** Returns the name of an account as the settings name it: their suffix in lower case. */
export const accountName = (text: string): string => text.toLowerCase();

/** Prints one JSON object, or lines for people, on stdout. */
export function print({ stdout }: Invocation, json: unknown, lines: readonly string[] | false): void {
  stdout.write(`${scrub(lines ? lines.join('\n') : JSON.stringify(json))}\n`);
}

/** Returns a parser of whole numbers between two bounds. */
export function wholeNumber(least: number, most = 1_000_000_000): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** Parses a month such as 2026-10. */
export function monthName(text: string): string {
  if (/^20\d\d-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a month such as 2026-10.');
}

/** The highest valid port. */
export const HIGHEST_PORT = 65_535;

/** Maximum number of records of a kind that a simulated merchant may have. */
export const MOST_RECORDS = 1_000_000;
