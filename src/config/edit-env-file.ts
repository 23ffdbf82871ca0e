import { ConfigError, formatError } from '../model/errors.ts';
import { parseEntries } from './env-entries.ts';
import { replaceFile } from './replace-file.ts';

/**
 * Returns the text of a file with these settings, each on the lines of its present entry or, if there is none, at the
 * end; all other lines stay as they are. A reader of the text gets exactly these values. Throws a ConfigError for a
 * value that no line can hold.
 */
export function withSettings(path: string, text: string, settings: Readonly<Record<string, string>>): string {
  const missing = new Map(Object.entries(settings));
  let edited = text;
  for (const { name, start, end } of parseEntries(path, text).toReversed()) {
    const value = missing.get(name); // if several lines have the same name, the last one counts
    if (value === undefined) continue;
    const [prefix = ''] = /^\s*(export\s+)?/.exec(edited.slice(start, end)) ?? [];
    edited = edited.slice(0, start) + prefix + settingLine(path, name, value) + edited.slice(end);
    missing.delete(name);
  }
  if (missing.size === 0) return edited;
  const lines = [...missing].map(([name, value]) => `${settingLine(path, name, value)}\n`);
  return `${edited}${edited === '' || edited.endsWith('\n') ? '' : '\n'}${lines.join('')}`;
}

/**
 * Prefers no quotes, which `docker run --env-file` would take as part of the value, then single quotes, in which
 * Compose replaces no $.
 */
function settingLine(path: string, name: string, value: string): string {
  const forms = [value, `'${value}'`, `\`${value}\``, `"${value.replaceAll('\n', String.raw`\n`)}"`];
  const [bare = '', ...quoted] = forms;
  const inOrder = /[$\\]/.test(value) ? [...quoted, bare] : forms;
  const found = inOrder.map((form) => `${name}=${form}`).find((line) => isReadAs(line, value));
  if (found !== undefined) return found;
  throw new ConfigError(
    'CS1210',
    `${name} cannot be written into ${path}: its value has line breaks or quotes that no line can hold`,
  );
}

function isReadAs(line: string, value: string): boolean {
  if (!value.isWellFormed() || /[\0\r]/.test(value)) return false;
  try {
    const entries = parseEntries('', line);
    return entries.length === 1 && entries[0]?.value === value;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/**
 * Replaces or creates a file that only its owner may read, and never shows a reader a part of it. Throws a ConfigError.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  try {
    await replaceFile(path, text, 0o600);
  } catch (error) {
    throw new ConfigError('CS1210', `${path} cannot be written: ${formatError(error)}`);
  }
}
