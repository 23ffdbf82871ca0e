import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

const secretPaths = ['client_secret', 'token', 'authorization', 'password', 'databaseUrl'];

/** A logger that writes to stderr: JSON lines, or lines for people on a terminal. Fields that hold secrets are removed. */
export function createLogger(level: string): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretPaths.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]), remove: true },
  };
  const destination = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true });
  return pino(options, destination);
}
