import { createRequire } from 'node:module';
import { pino, type Logger } from 'pino';
import { scrub } from './secrets.ts';

export type { Logger } from 'pino';

const secretPaths = ['client_secret', 'token', 'authorization', 'password', 'databaseUrl'];

/** Size of the log that is kept while stderr cannot be written, in characters. */
const MOST_UNWRITTEN = 1_000_000;

/** Options of a logger whose lines hold no secrets. */
export const loggerOptions = (level: string) => ({
  level,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  hooks: { streamWrite: scrub },
  redact: { paths: secretPaths.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]), remove: true },
});

/**
 * Creates a logger that writes to stderr: JSON lines, or lines for people on a terminal. Removes fields that hold
 * secrets, and replaces configured secrets everywhere. While stderr accepts no writes, as on a full disk, lines are
 * kept and written with the next one that it accepts.
 */
export function createLogger(level: string): Logger {
  const options = loggerOptions(level);
  const stderr = pino.destination({ dest: 2, sync: true, maxLength: MOST_UNWRITTEN });
  stderr.on('error', () => undefined); // there is nowhere to report it, and a full disk under the log must not end the service
  if (!process.stderr.isTTY) return pino(options, stderr);
  const pretty: typeof import('pino-pretty') = createRequire(import.meta.url)('pino-pretty');
  return pino(options, pretty({ destination: stderr, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' }));
}
