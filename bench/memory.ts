// Memory of the process that syncs, by number of sessions: it must not grow with them (guarantee G12).
// npm run bench            10,000 and 1,000,000 sessions; a quarter of an hour
// npm run bench -- --quick 1,000 and 20,000 sessions
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../src/load/embedded.ts';
import { measuredSync, serve, type Measured } from './processes.ts';

const sizes = process.argv.includes('--quick') ? [1000, 20_000] : [10_000, 1_000_000];
const FIRST_PORT = 4020;

const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-bench-'));
const postgres = await startEmbedded(join(directory, 'postgres'));
const rows: ({ sessions: number } & Measured)[] = [];
try {
  for (const [index, sessions] of sizes.entries()) {
    const name = `bench_${sessions}`;
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    const served = await serve(sessions, FIRST_PORT + index);
    const measured = await measuredSync(new URL(`/${name}`, postgres.url).href, served);
    await served.stop();
    if (measured.outcome !== 'complete' || measured.records !== sessions)
      throw new Error(`the walk failed: ${JSON.stringify(measured)}`);
    rows.push({ sessions, ...measured });
  }
} finally {
  await postgres.close();
  await rm(directory, { recursive: true, force: true });
}

const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
const date = new Date().toISOString().slice(0, 10);
console.log(
  `Memory of a full backfill, ${date}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, simulator and Postgres on the same machine\n`,
);
console.log(line(['sessions', 'peak RSS', 'requests', 'seconds', 'sessions/s', 'CPU µs a session']));
console.log(line(Array.from({ length: 6 }, () => '---:')));
for (const { sessions, peakMb, requests, durationMs, cpuSeconds } of rows)
  console.log(
    line([
      sessions,
      `${peakMb} MB`,
      requests,
      Math.round(durationMs / 1000),
      Math.round((sessions / durationMs) * 1000),
      Math.round((cpuSeconds * 1e6) / sessions),
    ]),
  );

const results = new URL('results/', import.meta.url);
await mkdir(results, { recursive: true });
await writeFile(new URL(`memory-${date}.json`, results), `${JSON.stringify(rows, null, 2)}\n`);
