import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { buildProgram } from '../../src/program.ts';
import { streamEntities } from '../../src/sources/index.ts';

/** The command line without what its commands do, and what it prints. */
function parser(): { program: Command; printed: () => string } {
  let text = '';
  const output = { write: (more: string) => (text += more) };
  const program = buildProgram({
    environment: () => ({}),
    stdout: output,
    stderr: output,
    terminal: () => undefined,
    readInput: () => Promise.resolve(''),
    signal: new AbortController().signal,
    fail: () => undefined,
  });
  for (const command of everyCommand(program)) command.action(() => undefined);
  return { program, printed: () => text };
}

const everyCommand = (parent: Command): Command[] =>
  parent.commands.flatMap((command) => [command, ...everyCommand(command)]);

const pathOf = (command: Command): string[] => (command.parent ? [...pathOf(command.parent), command.name()] : []);

async function helpOf(path: readonly string[]): Promise<string> {
  const { program, printed } = parser();
  await expect(program.parseAsync([...path, '--help'], { from: 'user' })).rejects.toThrow('(outputHelp)');
  return printed();
}

const EXAMPLE = /^ {2}(?<settings>(?:[A-Z_]+=(?:"[^"]*"|\S+) )*)(?:npx )?checkout-sync (?<args>\S+(?: \S+)*) {2,}\S/;

const paths = everyCommand(parser().program).map(pathOf);

test.each(paths.map((path) => [path.join(' '), path] as const))(
  'the examples in the help of %s are ones that it takes',
  async (_name, path) => {
    const help = await helpOf(path);
    const [, listed = '', page = ''] = /\nExamples:\n(.*?)\n\nMore: (\S+)\n/s.exec(help) ?? [];
    const lines = listed.split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(lines.length).toBeLessThanOrEqual(4);
    expect(existsSync(page), page).toBe(true);
    for (const line of lines) {
      const { settings = '', args = '' } = EXAMPLE.exec(line)?.groups ?? {};
      const words = args.replace(/ (>>?|<) \S+$/, '').split(' ');
      expect(words.slice(0, path.length), line).toEqual(path);
      await parser().program.parseAsync(words, { from: 'user' });
      parseConfig(
        Object.fromEntries([...settings.matchAll(/(\S+?)="?([^"\s]+(?: \w+)?)"? /g)].map(([, n, v]) => [n, v])),
      );
      if (path[0] !== 'export')
        for (const word of words.filter((one) => /^(polar|fynn)\./.test(one)))
          expect(streamEntities).toHaveProperty([word]);
    }
  },
);

test('the README lists every command', () => {
  const cells = [...readFileSync('README.md', 'utf8').matchAll(/^\| (`.*?) +\|/gm)].map(([, cell = '']) => cell);
  const listed = new Set(cells.flatMap((cell) => [...cell.matchAll(/`([a-z]+)[^`]*`/g)].map(([, name]) => name)));
  const all = parser().program.commands.map((command) => command.name());
  expect(all.filter((name) => !listed.has(name))).toEqual([]);
});
