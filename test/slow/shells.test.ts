import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { readEnvFile } from '../../src/config/env-file.ts';
import { freshDatabaseUrl } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { isInstalled, openTerminal } from '../support/terminal.ts';

const bin = fileURLToPath(new URL('../../bin/checkout-sync.js', import.meta.url));

/** A folder that is deleted after the test. */
async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shells-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** An environment in which the shell finds checkout-sync, as after npm install --global. */
async function installed(): Promise<NodeJS.ProcessEnv> {
  const folder = await emptyFolder();
  await symlink(bin, join(folder, 'checkout-sync'));
  const path = [folder, dirname(process.execPath), process.env.PATH].join(delimiter);
  return { ...process.env, PATH: path, TERM: 'xterm' };
}

const interactive = [
  ['bash --norc --noprofile -i', 'source <(checkout-sync completion bash)'],
  ['zsh -f -i', 'autoload -U compinit; compinit -D; source <(checkout-sync completion zsh)'],
] as const;
const isThere = ([shell]: readonly [string, string]) => isInstalled(shell.split(' ')[0] ?? '');

test.each(interactive.filter(isThere))(
  '%s completes commands, choices and accounts at the press of Tab',
  async (shell, setup) => {
    const { type, shows } = openTerminal(shell, {
      env: { ...(await installed()), POLAR_ACCESS_TOKEN__ACME: 'polar_oat_x' },
    });
    type(`${setup}; echo rea''dy\n`);
    await shows(/ready\r/);
    type('checkout-sync compl\t');
    await shows(/completion/);
    type('fi\t');
    await shows(/fish/);
    type('\n');
    await shows(/complete -c checkout-sync/);
    type('checkout-sync accounts remove ac\t');
    await shows(/acme/);
  },
);

test.runIf(isInstalled('fish'))(
  'fish completes commands with their purpose, choices, and files where only the user knows',
  async () => {
    const env = await installed();
    const complete = async (line: string) => {
      const command = `checkout-sync completion fish | source; complete -C '${line}'`;
      const { stdout } = await promisify(execFile)('fish', ['--no-config', '-c', command], { env });
      return stdout.split('\n').slice(0, -1).toSorted();
    };
    expect(await complete('checkout-sync migr')).toEqual([expect.stringMatching(/^migrate\tbring the database/)]);
    expect(await complete('checkout-sync sync --mode ')).toEqual(['full', 'incremental']);
    expect(await complete(`checkout-sync export --out ${dirname(bin)}/check`)).toEqual([
      expect.stringMatching(/checkout-sync\.js$/),
    ]);
  },
);

test('a token and a database that are typed on a terminal are not shown there', async () => {
  const polar = await startPolar({ links: 2, checkouts: 3 });
  const [url, env] = [await freshDatabaseUrl(), await installed()];
  const cwd = await emptyFolder();
  const { type, shows, screen, ended } = openTerminal(`checkout-sync init --api-url ${polar.url}`, { env, cwd });
  for (const [question, keys] of [
    [/Whose checkout links/, '\r'],
    [/organization access token/, `${polar.token}\r`],
    [/Where shall the tables be/, '\r'],
    [/URL of the database/, `${url}\r`],
    [/Where shall the queue/, '\r'],
    [/Time zone/, '\r'],
    [/Write them/, '\r'],
  ] as const) {
    await shows(question);
    type(keys);
  }
  expect(await ended).toBe(0);
  expect(screen()).toMatch(
    /ok +Polar at .* accepts the organization access token.*Wrote \.env, which only you may read/s,
  );
  for (const secret of [polar.token, url, new URL(url).password].filter((text) => text !== ''))
    expect(screen()).not.toContain(secret);
  expect(readEnvFile(join(cwd, '.env'))).toMatchObject({ POLAR_ACCESS_TOKEN: polar.token, DATABASE_URL: url });
});
