import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { fc } from '../support/fast-check.ts';
import { expect, onTestFinished, test } from 'vitest';
import { withSettings, writePrivateFile } from '../../src/config/edit-env-file.ts';
import { parseEntries } from '../../src/config/env-entries.ts';
import { readEnvFile } from '../../src/config/env-file.ts';
import { ConfigError } from '../../src/model/errors.ts';

const settingsIn = (text: string) =>
  Object.fromEntries(parseEntries('.env', text).map(({ name, value }) => [name, value]));

test.each([
  ['A="x" rest\nB=1', /^\.env, line 1: text follows the closing quote/],
  [`B=1\n\nA='x'y`, /^\.env, line 3: text follows the closing quote/],
  ['A=`x` # fine\nB=`x` `y`', /^\.env, line 2: text follows the closing quote/],
  ['A="x\ny\nB="z"', /^\.env, line 1: the quote is not closed/],
])('%j is refused instead of losing a part', (text, says) => {
  expect(() => settingsIn(text)).toThrow(ConfigError);
  expect(() => settingsIn(text)).toThrow(says);
});

test.each([
  ['a space after = does not take the next line for the value', 'A= \nB=x\nC=\t', { A: '', B: 'x', C: '' }],
  ['a quote in a comment closes nothing', '# A="x\nB="y"\n', { B: 'y' }],
  ['a comment may follow the closing quote', `A="x"#c\nB='#' # d`, { A: 'x', B: '#' }],
  ['the last of several lines counts', 'A=1\nA=2', { A: '2' }],
])('%s', (_what, text, settings) => {
  expect(settingsIn(text)).toEqual(settings);
});

const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
const blank = fc.stringMatching(/^[ \t]{0,2}$/);
const comment = fc.stringMatching(/^#[ -~]{0,12}$/);
const bareValue = fc.stringMatching(/^[!$-&(-_a-~]([ !-"$-~]{0,10}[!$-~])?$/);
const quotedValue = fc
  .constantFrom('"', "'", '`')
  .chain((quote) =>
    fc.stringMatching(/^[ -~\n]{0,12}$/).map((text) => quote + text.replaceAll(quote, '').replaceAll('=', '') + quote),
  );
const settingLine = fc
  .tuple(blank, fc.constantFrom('', 'export '), name, blank, fc.oneof(bareValue, quotedValue), fc.option(comment))
  .map(
    ([before, exported, key, around, value, after]) =>
      `${before}${exported}${key}${around}=${value}${after ? ` ${after}` : ''}`,
  );
const file = fc
  .array(fc.oneof({ weight: 3, arbitrary: settingLine }, blank, comment), { maxLength: 8 })
  .chain((lines) => fc.constantFrom('', '\n').map((end) => lines.join('\n') + end));

test('a file is read as Node.js reads it', () => {
  fc.assert(
    fc.property(file, (text) => {
      expect(settingsIn(text)).toEqual({ ...parseEnv(text) });
    }),
  );
});

const value = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[-"'`#$\\n\n =x]{0,8}$/),
  fc.constantFrom('postgres://u:p#$%@h/db?a=b&c', ' x ', '', 'a\nB=c', '\\n', '"', '\ufeff', '\0', 'a\rb', '\ud800'),
);

test('what is written into a file is read back exactly, and nothing else changes', () => {
  let written = 0;
  const property = fc.property(
    file,
    fc.dictionary(name, value, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    (text, settings) => {
      const edited = editedOrRefused(text, settings);
      if (edited === undefined) return;
      written++;
      expect(settingsIn(edited)).toEqual({ ...settingsIn(text), ...settings });
      expect(withSettings('.env', edited, settings)).toBe(edited);
      const others = linesWithout(text, Object.keys(settings));
      expect(linesWithout(edited, Object.keys(settings)).slice(0, others.length)).toEqual(others);
    },
  );
  fc.assert(property);
  expect(written).toBeGreaterThan(50);
});

/** Undefined for values that no line can hold: with several kinds of quotes and line breaks, a lone \r, \0, half a character. */
function editedOrRefused(text: string, settings: Record<string, string>): string | undefined {
  try {
    return withSettings('.env', text, settings);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(Object.values(settings).some((one) => /[\r\0\n"'`]/.test(one) || !one.isWellFormed())).toBe(true);
    return undefined;
  }
}

/** The lines of a file that no setting of these names stands on. */
function linesWithout(text: string, names: readonly string[]): string[] {
  let rest = text;
  for (const { name: key, start, end } of parseEntries('.env', text).toReversed())
    if (names.includes(key)) rest = rest.slice(0, start) + rest.slice(end);
  return rest.split('\n').filter((line) => line !== '');
}

test.each([
  ['A=', 'polar_oat_x', 'A=polar_oat_x'],
  ['export A=1 # why', '2', 'export A=2'],
  ['', 'pa$$word', "A='pa$$word'\n"],
  ['# A=\n', 'x y', '# A=\nA=x y\n'],
  ['B="a\nb"', 'a#b', `B="a\nb"\nA='a#b'\n`],
])('%j with A as %j becomes %j', (text, wanted, becomes) => {
  expect(withSettings('.env', text, { A: wanted })).toBe(becomes);
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'env-file-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

test('a file is private, replaced as a whole, also behind a link, and no draft stays', async () => {
  const path = await folder();
  await writeFile(join(path, 'real'), 'A=1\n');
  await chmod(join(path, 'real'), 0o644);
  await symlink('real', join(path, '.env'));
  await writePrivateFile(join(path, '.env'), 'A=2\n');
  expect((await lstat(join(path, '.env'))).isSymbolicLink()).toBe(true);
  expect((await stat(join(path, 'real'))).mode & 0o777).toBe(0o600);
  expect(readEnvFile(join(path, 'real'))).toEqual({ A: '2' });
  await writePrivateFile(join(path, 'new'), 'B=1\n');
  expect((await stat(join(path, 'new'))).mode & 0o777).toBe(0o600);
  await expect(writePrivateFile(join(path, 'none', '.env'), '')).rejects.toThrow(
    /none\/\.env cannot be written: ENOENT/,
  );
  await expect(writePrivateFile(path, 'A=3\n')).rejects.toThrow(ConfigError);
  expect((await readdir(path)).toSorted()).toEqual(['.env', 'new', 'real']);
  expect(await readFile(join(path, 'real'), 'utf8')).toBe('A=2\n');
});
