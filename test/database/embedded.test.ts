import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../src/model/errors.ts';
import { openDatabase } from '../../src/database/database.ts';
import { startEmbedded, type Embedded } from '../../src/database/embedded.ts';
import { isAlive } from '../../src/database/process-identity.ts';
import { until } from '../support/service.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-embedded-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The same server, through the code under test, until the test is over. */
async function start(directory: string, said: string[] = []): Promise<Embedded> {
  const server = await startEmbedded(directory, { say: (text) => said.push(text) });
  onTestFinished(() => server.close());
  return server;
}

const pidOf = async (directory: string) =>
  Number((await readFile(join(directory, 'postmaster.pid'), 'utf8')).split('\n')[0]);

async function crash(directory: string): Promise<void> {
  const pid = await pidOf(directory);
  process.kill(pid, 'SIGKILL');
  await until('Postgres has ended', () => !isAlive(pid));
}

/** Starts a program that took over the port; returns the bytes it receives. */
async function listenOn(port: number): Promise<{ received: Buffer[] }> {
  const received: Buffer[] = [];
  const server = createServer((socket) => {
    received.push(Buffer.alloc(0));
    socket.on('data', (data) => received.push(data)).on('error', () => socket.destroy());
    socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3])); // "your password in clear, please"
  });
  await new Promise<void>((done) => void server.listen(port, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return { received };
}

test('after a crash of the embedded Postgres nothing is sent to who listens on its port, and the next start works', async () => {
  const directory = join(await temporaryFolder(), 'postgres');
  const db = await openDatabase(undefined, { directory });
  onTestFinished(() => db.close());
  const port = Number(new URL(db.url).port);
  await crash(directory);
  const { received } = await listenOn(port);
  await expect(db.pool.query('select 1')).rejects.toThrow();
  await expect(db.pool.query('select 1')).rejects.toThrow(/ECONNREFUSED/);
  const again = await start(directory);
  expect(new URL(again.url).port).not.toBe(String(port));
  expect(received).toEqual([]);

  // The same with a postmaster.pid whose pid another program has got meanwhile: Postgres itself would not start.
  const left = (await readFile(join(directory, 'postmaster.pid'), 'utf8')).replace(/^\d+/, String(process.pid));
  await crash(directory);
  await writeFile(join(directory, 'postmaster.pid'), left);
  const said: string[] = [];
  await start(directory, said);
  expect(said).toEqual([expect.stringContaining(`process ${process.pid} is not its Postgres`)]);
  expect(await pidOf(directory)).not.toBe(process.pid);
});

test('the path of the embedded Postgres may hold what a shell would run, and be longer than a socket may be', async () => {
  const folder = await temporaryFolder();
  const name = `it's "$(touch pwned)" \`touch pwned\` $HOME \\ ünï 数 ; & ${'x'.repeat(90)}`;
  const directory = join(folder, name, '.data/postgres');
  const server = await start(directory);
  const db = await openDatabase(server.url);
  const { rows } = await db.pool.query(`select current_setting('server_encoding') as encoding`);
  await db.close();
  expect(rows).toEqual([{ encoding: 'UTF8' }]);
  expect([folder, '/', process.cwd()].filter((place) => existsSync(join(place, 'pwned')))).toEqual([]);
  expect(await readdir(dirname(directory))).toEqual(['postgres']);
});

test('a folder that cannot be used is refused with what to do', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  await mkdir(join(folder, 'postgres'));
  await writeFile(join(folder, 'postgres/notes'), '');
  for (const [path, says] of [
    [
      join(folder, 'file/postgres'),
      /DATABASE_URL is not set, and the embedded Postgres cannot use .*: set DATABASE_URL/,
    ],
    [join(folder, 'postgres'), /is not empty, but holds no Postgres: move it away, or set DATABASE_URL/],
    [join(folder, 'two\nlines'), /set DATABASE_URL, or run elsewhere \(".*two\\nlines"\)$/],
    [join(folder, ...Array.from({ length: 9 }, () => 'y'.repeat(200))), /set DATABASE_URL, or run elsewhere/],
  ] as const) {
    const refused = startEmbedded(path);
    await expect(refused).rejects.toThrow(says);
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
  }
  expect((await readdir(folder)).toSorted()).toEqual(['file', 'postgres']);
});

test('what a killed initdb leaves is made again', async () => {
  const directory = join(await temporaryFolder(), 'postgres');
  await mkdir(`${directory}.initdb/base`, { recursive: true });
  await writeFile(`${directory}.initdb-password`, '');
  await writeFile(`${directory}.lock`, '');
  await start(directory);
  expect(await readdir(dirname(directory))).toEqual(['postgres']);
});
