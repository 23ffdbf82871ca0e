import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** The first line of JSON that a process prints. */
async function firstJson(child: ChildProcess): Promise<unknown> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    const end = text.indexOf('\n');
    if (end >= 0) return JSON.parse(text.slice(0, end));
  }
  throw new Error('a process ended without its line of JSON');
}

/** A simulated Polar in a process of its own. */
export interface Served {
  url: string;
  token: string;
  stop: () => Promise<void>;
}

/** Starts a simulator with so many sessions and no rate limit. */
export async function serve(checkouts: number, port: number): Promise<Served> {
  const args = [
    '--max-old-space-size=8192',
    pathOf('../src/cli.ts'),
    'simulate',
    '--json',
    '--limit',
    '0',
    '--links',
    '0',
  ];
  const child = spawn(process.execPath, [...args, '--checkouts', String(checkouts), '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started = (await firstJson(child)) as { url: string; token: string };
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { ...started, stop };
}

/** What a measured walk cost. */
export interface Measured {
  outcome: string;
  records: number;
  requests: number;
  durationMs: number;
  cpuSeconds: number;
  peakMb: number;
}

/** One full walk of all sessions in a process of its own. */
export async function measuredSync(databaseUrl: string, { url, token }: Served): Promise<Measured> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, POLAR_API_URL: url, POLAR_ACCESS_TOKEN: token };
  const child = spawn(process.execPath, [pathOf('measured-sync.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return (await firstJson(child)) as Measured;
}
