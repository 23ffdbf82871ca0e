import { expect, test } from 'vitest';
import { call } from '../support/run.ts';

const SETTINGS = {
  POLAR_ACCESS_TOKEN: 'polar_oat_x',
  POLAR_ACCESS_TOKEN__ACME: 'polar_oat_y',
  FYNN_API_KEY: 'key',
  FYNN_API_URL: 'https://fynn.test',
};

/** Returns the completions of the last word. */
async function complete(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await call(['completion', 'bash', '--', ...words], SETTINGS);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
}

test.each([
  [['mig'], ['migrate']],
  [['accounts', ''], ['remove']],
  [['sync', '--mo'], ['--mode']],
  [
    ['sync', '--mode', ''],
    ['incremental', 'full'],
  ],
  [['sync', '--mode', '=', 'f'], ['full']],
  [
    ['sync', '--mode', '='],
    ['incremental', 'full'],
  ],
  [['sync', '--mode=f'], ['--mode=full']],
  [
    ['sync', 'polar.checkout'],
    ['polar.checkout_links', 'polar.checkouts'],
  ],
  [
    ['sync', '--json', 'fynn.price_plans', 'fynn.'],
    ['fynn.checkout_links', 'fynn.price_plans'],
  ],
  [['pull', 'polar.checkouts', ''], []],
  [
    ['status', '--account', ''],
    ['default', 'acme'],
  ],
  [['accounts', 'remove', 'ac'], ['acme']],
  [
    ['export', '--format', ''],
    ['parquet', 'csv', 'jsonl'],
  ],
  [['export', '--out', ''], []],
  [['completion', 'f'], ['fish']],
  [
    ['sync', '--mode', 'full', '--'],
    ['--mode', '--confirm-deletions', '--account', '--json', '--help'],
  ],
] as const)('the words %j may end with %j', async (words, candidates) => {
  expect(await complete(...words)).toEqual(candidates);
});

test('every command that --help lists is completed, with its purpose in zsh and fish', async () => {
  const { stdout: help } = await call(['--help']);
  const listed = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
  expect(listed.length).toBeGreaterThan(15);
  expect(await complete('')).toEqual(listed);
  const { stdout } = await call(['completion', 'zsh', '--', 'doc']);
  expect(stdout).toMatch(/^doctor:check settings, .+\n$/);
});

test('settings that are wrong offer no accounts, and print nothing between the words', async () => {
  const wrong = { POLAR_ACCES_TOKEN: 'x' };
  expect(await call(['completion', 'bash', '--', 'sync', '--account', ''], wrong)).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
});
