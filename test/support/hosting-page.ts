import { readFileSync } from 'node:fs';

/** A row of the table in docs/hosting.md, with names in place of what is in angle brackets. */
export interface HostedAddress {
  provider: string;
  url: string;
  pooler: 'none' | 'session' | 'transaction';
  /** True if the queue can be in Postgres. */
  isQueue: boolean;
}

const ROW =
  /^\| (?<provider>[^|]+?) +\| `(?<url>postgres:[^`]+)` +\| (?<pooler>none|session|transaction) +\| (?<queue>yes|no) +\|$/;

/** Returns the rows of the table in docs/hosting.md. */
export function hostedAddresses(): HostedAddress[] {
  const page = readFileSync(new URL('../../docs/hosting.md', import.meta.url), 'utf8');
  const lines = page.split('\n').filter((line) => line.startsWith('|') && line.includes('`postgres:'));
  return lines.map((line) => {
    const { provider = '', url = '', pooler = '', queue } = ROW.exec(line)?.groups ?? {};
    if (pooler !== 'none' && pooler !== 'session' && pooler !== 'transaction') throw new Error(`what is this? ${line}`);
    const filled = url.replace('<port>', '12345').replaceAll(/<(\w+)>/g, '$1');
    return { provider, url: filled, pooler, isQueue: queue === 'yes' };
  });
}
