import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readEnvFile } from '../../src/config/env-file.ts';
import { freshDatabaseUrl } from '../support/database.ts';
import { startFynn } from '../support/fynn.ts';
import { CTRL_C, CTRL_D, DOWN, HANG_UP, personWho } from '../support/person.ts';
import { startPolar } from '../support/polar.ts';
import { call } from '../support/run.ts';

const CLOSED = 'postgres://user:hunter2hunter2@127.0.0.1:1/none';

/** A file for the settings, in a folder of its own. */
async function fileWith(text?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'init-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, '.env');
  if (text !== undefined) await writeFile(file, text);
  return file;
}

test('init asks, says what is wrong with an answer and asks again, and writes settings with which a sync works', async () => {
  const polar = await startPolar({ links: 3, checkouts: 120 });
  const url = await freshDatabaseUrl();
  const file = await fileWith('# mine\nLOG_LEVEL=silent\nPOLAR_ACCESS_TOKEN=\n');
  const { terminal, screen, waitsFor } = personWho([
    [/Whose checkout links/, '\r'],
    [/organization access token/, 'polar_oat_mistyped\r'],
    [/organization access token, or Enter/, `${polar.token}\r`],
    [/Where shall the tables be/, '\r'],
    [/URL of the database/, `${CLOSED}\r`],
    [/URL of the database, .* or Enter/s, `${url}\r`],
    [/Where shall the queue/, '\r'],
    [/Time zone/, `${'\b'.repeat(40)}Europe/Berlin\r`],
    [/Write them\?/, '\r'],
  ]);
  const { code, stdout, stderr } = await call(['init', '--file', file, '--api-url', polar.url], {}, { terminal });
  expect(waitsFor()).toEqual([]);
  expect([code, stderr.match(/^problem .*$/gm)]).toEqual([
    0,
    [
      expect.stringMatching(/^problem {2}polar\.token: CS4201: .* \(401\): set POLAR_ACCESS_TOKEN to a valid/),
      expect.stringMatching(/^problem {2}database\.connection: CS2101: .*ECONNREFUSED.*correct DATABASE_URL$/),
    ],
  ]);
  expect(await readFile(file, 'utf8')).toBe(
    `# mine\nLOG_LEVEL=silent\nPOLAR_ACCESS_TOKEN=${polar.token}\nPOLAR_API_URL=${polar.url}\nDATABASE_URL=${url}\nREPORT_TIMEZONE=Europe/Berlin\n`,
  );
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  for (const secret of [polar.token, 'polar_oat_mistyped', new URL(CLOSED).password, url])
    expect(screen() + stdout + stderr).not.toContain(secret);
  expect(stdout).toMatch(/polar\.checkouts +120 +2 +every 1m +17 3 \* \* \* \(UTC\)\n/);
  const requests = Number(/about (\d+) requests/.exec(stdout)?.[1]);
  const synced = await call(['sync', '--json'], { ...readEnvFile(file) } as Record<string, string>);
  const { runs } = JSON.parse(synced.stdout) as { runs: { requests: number }[] };
  expect(synced.code).toBe(0);
  expect(Math.abs(requests - runs.reduce((sum, run) => sum + run.requests, 0))).toBeLessThanOrEqual(runs.length);
});

test('what is set is offered, and replaced only if the person agrees', async () => {
  const [polar, url] = [await startPolar({ links: 1, checkouts: 0 }), await freshDatabaseUrl()];
  const before = `POLAR_API_URL=${polar.url}\nPOLAR_ACCESS_TOKEN="${polar.token}" # mine\nDATABASE_URL=${CLOSED}\n`;
  const file = await fileWith(before);
  const answers = (last: string) =>
    personWho([
      [/Whose/, '\r'],
      [/POLAR_ACCESS_TOKEN is set already/, '\r'],
      [/Where shall the tables be/, `${DOWN}\r`],
      [/URL of the database/, `${url}\r`],
      [/queue/, '\r'],
      [/Time zone/, '\r'],
      [/Write/, last],
    ]);
  const args = ['init', '--file', file];
  const refused = await call(args, {}, answers('n'));
  expect([refused.code, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr).toMatch(/ {2}DATABASE_URL=postgres:.* {2}\(replaces another value\)\n/);
  expect(refused.stderr).toMatch(/checkout-sync: CS5103: nothing was written\n$/);
  expect(await readFile(file, 'utf8')).toBe(before);
  expect(await call(args, {}, answers('y'))).toMatchObject({ code: 0 });
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(await readFile(file, 'utf8')).toBe(`${before.replace(CLOSED, url)}REPORT_TIMEZONE=${zone}\n`);
});

test('Ctrl-C at any question writes nothing', async () => {
  const [polar, file] = [await startPolar({ links: 1, checkouts: 0 }), await fileWith()];
  const settings = {
    POLAR_ACCESS_TOKEN: polar.token,
    POLAR_API_URL: polar.url,
    DATABASE_URL: await freshDatabaseUrl(),
  };
  const questions = [
    [/Whose/, '\r'],
    [/is set already/, '\r'],
    [/tables/, '\r'],
    [/queue/, '\r'],
    [/Time zone/, '\r'],
    [/Write/, 'y'],
  ] as const;
  for (const [at, [question]] of questions.entries()) {
    const person = personWho([...questions.slice(0, at), [question, CTRL_C]]);
    const { code, stdout, stderr } = await call(['init', '--file', file], settings, person);
    expect([code, stdout, person.waitsFor()]).toEqual([1, '', []]);
    expect(stderr).toMatch(/checkout-sync: CS5103: cancelled: nothing was written\n$/);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  }
});

test.each([
  ['Ctrl-D', CTRL_D],
  ['a terminal that is gone', HANG_UP],
])('%s ends it as Ctrl-C does', async (_name, keys) => {
  const person = personWho([
    [/Whose/, '\r'],
    [/organization access token/, keys],
  ]);
  const { code, stderr } = await call(['init', '--file', await fileWith()], {}, person);
  expect(code).toBe(1);
  expect(stderr).toMatch(/checkout-sync: CS5103: cancelled: nothing was written\n$/);
});

test('without a terminal, options and the environment are the answers', async () => {
  const [fynn, url, file] = [await startFynn(), await freshDatabaseUrl(), await fileWith()];
  const args = ['init', '--file', file, '--provider', 'fynn', '--token-stdin', '--timezone', 'Asia/Tokyo', '--json'];
  const settings = { FYNN_API_URL: fynn.url, DATABASE_URL: url };
  const { code, stdout } = await call(args, settings, { input: `${fynn.apiKey}\n` });
  expect(code).toBe(0);
  expect(readEnvFile(file)).toEqual({ FYNN_API_KEY: fynn.apiKey, ...settings, REPORT_TIMEZONE: 'Asia/Tokyo' });
  expect(JSON.parse(stdout)).toMatchObject({
    file,
    written: ['FYNN_API_URL', 'FYNN_API_KEY', 'DATABASE_URL', 'REPORT_TIMEZONE'],
    plan: { streams: [{ stream: 'fynn.checkout_links' }, { stream: 'fynn.price_plans' }] },
  });
  const again = await call(args, settings, { input: fynn.apiKey });
  expect(JSON.parse(again.stdout)).toMatchObject({ written: [] });
  const other = ['init', '--file', file, '--timezone', 'UTC'];
  expect(await call(other)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('has another REPORT_TIMEZONE: add --yes to replace it'),
  });
  expect(readEnvFile(file)).toMatchObject({ REPORT_TIMEZONE: 'Asia/Tokyo' });
  expect(await call([...other, '--yes'])).toMatchObject({ code: 0 });
  expect(readEnvFile(file)).toMatchObject({ REPORT_TIMEZONE: 'UTC' });
});

test.each([
  [[], {}, 'CS1112: there is no terminal to ask for the provider: give --provider polar'],
  [['--provider', 'polar'], {}, 'there is no terminal to ask for the organization access token: give --token-file'],
  [
    ['--provider', 'fynn'],
    { FYNN_API_KEY: 'x' },
    'there is no terminal to ask for the address of the API: give --api-url',
  ],
  [['--token-file', '/nowhere'], {}, '/nowhere cannot be read: ENOENT'],
  [['--token-file', 'x', '--token-stdin'], {}, 'cannot be used with'],
  [['--provider', 'polar'], { POLAR_ACCES_TOKEN: 'x' }, 'POLAR_ACCES_TOKEN is not a setting'],
] as const)('without a terminal, init %j with %j ends with 2 and one line', async (args, settings, says) => {
  const file = await fileWith();
  const { code, stdout, stderr } = await call(['init', '--file', file, ...args], settings);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(says);
  expect(stderr.split('\n')).toHaveLength(2);
});

test('without a terminal, what does not pass its check ends with 1 and one line, and writes nothing', async () => {
  const [polar, file] = [await startPolar({ links: 1, checkouts: 0, scopes: ['checkouts:read'] }), await fileWith()];
  const settings = { POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, DATABASE_URL: CLOSED };
  const { code, stderr } = await call(['init', '--file', file, '--yes'], settings);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^checkout-sync: CS1113: polar\.scopes\.checkout_links:read: CS4202: the access token lacks the scope.*\n$/,
  );
  await expect(stat(file)).rejects.toThrow('ENOENT');
});
