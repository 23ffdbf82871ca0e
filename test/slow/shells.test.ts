import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { isInstalled, openTerminal } from '../support/terminal.ts';

const bin = fileURLToPath(new URL('../../bin/checkout-sync.js', import.meta.url));

/** An environment in which the shell finds checkout-sync, as after npm install --global. */
async function installed(): Promise<NodeJS.ProcessEnv> {
  const folder = await mkdtemp(join(tmpdir(), 'shells-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await symlink(bin, join(folder, 'checkout-sync'));
  const path = [folder, dirname(process.execPath), process.env.PATH].join(delimiter);
  return { ...process.env, PATH: path, TERM: 'xterm', POLAR_ACCESS_TOKEN__ACME: 'polar_oat_x' };
}

const interactive = [
  ['bash --norc --noprofile -i', 'source <(checkout-sync completion bash)'],
  ['zsh -f -i', 'autoload -U compinit; compinit -D; source <(checkout-sync completion zsh)'],
] as const;
const isThere = ([shell]: readonly [string, string]) => isInstalled(shell.split(' ')[0] ?? '');

test.each(interactive.filter(isThere))(
  '%s completes commands, choices and accounts at the press of Tab',
  async (shell, setup) => {
    const { type, shows } = openTerminal(shell, { env: await installed() });
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
