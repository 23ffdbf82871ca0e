import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, formatError } from '../model/errors.ts';

const UTF16_MARKS = { 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff] };

/**
 * Reads the settings of a file such as `.env`; none when there is no such file. Throws a ConfigError for a file or a line that
 * cannot be read: a setting that is lost silently would change what is synced, and where to.
 */
export function readEnvFile(path: string): Record<string, string | undefined> {
  const bytes = bytesOf(path);
  if (bytes === undefined) return {};
  const text = decode(path, bytes);
  requireReadable(path, text);
  return parseEnv(text);
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new ConfigError(`${path} cannot be read: ${formatError(error)}`);
  }
}

/** Editors on Windows write a byte-order mark, or UTF-16. */
function decode(path: string, bytes: Buffer): string {
  const startsWith = (mark: readonly number[]) => mark.every((byte, index) => bytes[index] === byte);
  const utf16 = Object.entries(UTF16_MARKS).find(([, mark]) => startsWith(mark))?.[0];
  try {
    const text = new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes); // skips the byte-order mark
    if (!text.includes('\0')) return text.replaceAll(/\r\n?/g, '\n'); // `parseEnv` takes what follows a lone \r for the same line
  } catch {
    // not in the encoding of its byte-order mark: reported below
  }
  throw new ConfigError(`${path} is not UTF-8 text: save it as UTF-8`);
}

/** Matches a quoted value, which may have several lines. */
const QUOTED = /=[^\S\n]*(["'`])[^]*?\1/g;
/** Matches a value that begins with a quote which is never closed. */
const OPEN_QUOTE = /^\s*(export\s+)?[^\s=#]+\s*=\s*["'`]/;
const SETTING = /^\s*(export\s+)?\w+\s*=/m;

/** Throws for what `parseEnv` skips silently: lines without a name, and lines after a quote that is never closed. */
function requireReadable(path: string, text: string): void {
  for (const { 0: value, index } of text.matchAll(QUOTED)) {
    const [, ...others] = value.split('\n');
    if (SETTING.test(others.join('\n')))
      throw new ConfigError(`${path}, line ${lineAt(text, index)}: the quote is not closed`);
  }
  const bare = text.replaceAll(QUOTED, (value) => `=${value.replaceAll(/[^\n]/g, '')}`).split('\n');
  const stray = bare.findIndex((line) => !/^\s*(#|$)/.test(line) && !/^\s*(export\s+)?[^\s=]+\s*=/.test(line));
  if (stray >= 0)
    throw new ConfigError(`${path}, line ${stray + 1} is not a setting: write NAME=value, or # before a comment`);
  const open = bare.findIndex((line) => OPEN_QUOTE.test(line));
  if (open >= 0) throw new ConfigError(`${path}, line ${open + 1}: the quote is not closed`);
}

const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length;
