import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { scrub } from './secrets.ts';

export type { Logger } from 'pino';

const secretPaths = ['client_secret', 'token', 'authorization', 'password', 'databaseUrl'];

/** What is kept of the log, in characters, while stderr cannot be written. */
const MOST_UNWRITTEN = 1_000_000;

/**
 * A logger that writes to stderr: JSON lines, or lines for people on a terminal. Fields that hold secrets are removed, and
 * configured secrets replaced wherever they stand. While
 * stderr takes nothing, as on a full disk, lines are kept, and written with the next one that it takes.
 */
export function createLogger(level: string): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: { streamWrite: scrub },
    redact: { paths: secretPaths.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]), remove: true },
  };
  const stderr = pino.destination({ dest: 2, sync: true, maxLength: MOST_UNWRITTEN });
  stderr.on('error', () => undefined); // there is nowhere to say it, and a full disk under the log must not end the service
  return process.stderr.isTTY
    ? pino(options, pretty({ destination: stderr, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' }))
    : pino(options, stderr);
}
