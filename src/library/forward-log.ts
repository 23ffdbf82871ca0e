import { pino, type Logger } from 'pino';
import { parseJson, isObject } from '../model/json.ts';
import { loggerOptions } from '../model/log.ts';

/** A logger of the application: pino, or anything with these methods. */
export interface LogMethods {
  debug: (facts: object, message: string) => void;
  info: (facts: object, message: string) => void;
  warn: (facts: object, message: string) => void;
  error: (facts: object, message: string) => void;
}

/** Returns a logger whose lines, without secrets, go to the application's logger, or nowhere without one. */
export function forwardLog(level: string, logger: LogMethods | undefined): Logger {
  if (!logger) return pino({ level: 'silent' }, { write: () => undefined });
  const write = (line: string) => {
    const entry = parseJson(line);
    if (!isObject(entry)) return;
    const { level: severity, time: _time, msg, ...facts } = entry;
    logger[methodOf(Number(severity))](facts, typeof msg === 'string' ? msg : '');
  };
  return pino(loggerOptions(level), { write });
}

/** Returns the method for one of pino's levels: trace and debug up to 20, info 30, warn 40, error and fatal from 50. */
function methodOf(severity: number): keyof LogMethods {
  if (severity >= 50) return 'error';
  if (severity >= 40) return 'warn';
  return severity >= 30 ? 'info' : 'debug';
}
