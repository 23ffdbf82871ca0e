import { ConfigError } from '../model/errors.ts';

/** A setting in the text of a file. */
export interface EnvEntry {
  name: string;
  value: string;
  /** Offsets of its lines in the text; `end` excludes the line break that follows. */
  start: number;
  end: number;
}

const BLANK = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y;
const NAME = /[^\S\n]*(?:export[^\S\n]+)?(?<name>[^\s=#]+)[^\S\n]*=[^\S\n]*/y;
const QUOTED = /(?<quote>["'`])(?<quoted>(?:(?!\k<quote>)[^])*)\k<quote>/y;
const BARE = /(?!["'`])(?<bare>[^\n]*)/y;
const LINE_END = /[^\S\n]*(?:#[^\n]*)?(?=\n|$)/y;
const SETTING = /^\s*(export\s+)?\w+\s*=/m;

/**
 * Returns the settings in a text with \n as its line break, in order: `NAME=value`, with quotes if a value has a #,
 * spaces at its ends or several lines; \n in double quotes is a line break. Throws a ConfigError for any other line: a
 * setting that is lost silently would change what is synced, and where to.
 */
export function parseEntries(path: string, text: string): EnvEntry[] {
  const entries: EnvEntry[] = [];
  for (let at = 0; at < text.length;) {
    const blank = matchAt(BLANK, text, at);
    if (blank) {
      at += blank[0].length;
      continue;
    }
    const entry = entryAt(text, at);
    if (typeof entry === 'string') throw new ConfigError('CS1211', `${path}, line ${lineAt(text, at)}${entry}`);
    entries.push(entry);
    at = entry.end + 1;
  }
  return entries;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Returns the setting that begins at `start`, or the problem with the line. */
function entryAt(text: string, start: number): EnvEntry | string {
  const head = matchAt(NAME, text, start);
  if (!head) return ' is not a setting: write NAME=value, or # before a comment';
  const name = head.groups?.name ?? '';
  const from = start + head[0].length;
  const bare = matchAt(BARE, text, from);
  if (bare) return { name, value: bare[0].replace(/#.*/, '').trim(), start, end: from + bare[0].length };
  const quoted = matchAt(QUOTED, text, from);
  const { quote, quoted: value = '' } = quoted?.groups ?? {};
  if (!quoted || SETTING.test(value.split('\n').slice(1).join('\n'))) return ': the quote is not closed';
  const rest = matchAt(LINE_END, text, from + quoted[0].length);
  if (!rest) return ': text follows the closing quote: put all of the value in quotes that it does not have itself';
  return {
    name,
    value: quote === '"' ? value.replaceAll(String.raw`\n`, '\n') : value,
    start,
    end: from + quoted[0].length + rest[0].length,
  };
}

const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length;
