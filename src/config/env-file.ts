import { readFileSync } from 'node:fs';
import { ConfigError, formatError, hasCode } from '../model/errors.ts';
import { parseEntries } from './env-entries.ts';

const UTF16_MARKS = { 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff] };

/**
 * Reads the settings of a file such as `.env`; none if the file does not exist. Throws a ConfigError for a file or a
 * line that cannot be read.
 */
export function readEnvFile(path: string): Record<string, string | undefined> {
  return Object.fromEntries(parseEntries(path, readEnvText(path) ?? '').map(({ name, value }) => [name, value]));
}

/**
 * Returns the text of such a file, with \n as its line break; undefined if it does not exist. Throws a ConfigError if
 * it is not text.
 */
export function readEnvText(path: string): string | undefined {
  const bytes = bytesOf(path);
  return bytes && decode(path, bytes);
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new ConfigError('CS1210', `${path} cannot be read: ${formatError(error)}`);
  }
}

/** Decodes a file; editors on Windows write a byte-order mark, or UTF-16. */
function decode(path: string, bytes: Buffer): string {
  const startsWith = (mark: readonly number[]) => mark.every((byte, index) => bytes[index] === byte);
  const utf16 = Object.entries(UTF16_MARKS).find(([, mark]) => startsWith(mark))?.[0];
  try {
    const text = new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes); // skips the byte-order mark
    if (!text.includes('\0')) return text.replaceAll(/\r\n?/g, '\n');
  } catch {
    // not in the encoding of its byte-order mark: reported below
  }
  throw new ConfigError('CS1210', `${path} is not UTF-8 text: save it as UTF-8`);
}
