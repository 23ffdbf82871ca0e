import type { ErrorCode, FailureCode } from './error-codes.ts';
import { formatError } from './errors.ts';

/** Codes for errors that Postgres reports, by SQLSTATE; the first that matches counts. */
const SQLSTATES: readonly (readonly [RegExp, FailureCode])[] = [
  [/^28/, 'CS2102'],
  [/^3D000/, 'CS2103'],
  [/^53300/, 'CS2105'],
  [/^53100/, 'CS2303'],
  [/^5[38]/, 'CS2304'],
  [/^25006/, 'CS2302'],
  [/^42501/, 'CS2301'],
  [/^(55P03|57014|25P0[34])/, 'CS2305'],
  [/^(08|57P)/, 'CS2101'],
];

/** Codes of Node.js for connections and files, and messages of pg for a lost connection. */
const SYSTEM: readonly (readonly [RegExp, FailureCode])[] = [
  [
    /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_)|Connection terminated|not queryable|Query read timeout|timeout exceeded when trying to connect|timeout expired/,
    'CS2101',
  ],
  [/^(ENOSPC|EDQUOT|EFBIG|EACCES|EPERM|EROFS|EIO|ENOENT|ENOTDIR|EISDIR|EMFILE|ENFILE)/, 'CS6209'],
];

const isErrorCode = (text: string): text is ErrorCode => /^CS\d{4}$/.test(text);

/** Returns the property `code` of an error: ours, an SQLSTATE, or one of Node.js. */
const codeIn = (error: Error) => ('code' in error && typeof error.code === 'string' ? error.code : '');

/** Returns the code of an error of our own; undefined for others. */
export function ownCodeOf(error: unknown): ErrorCode | undefined {
  const code = error instanceof Error ? codeIn(error) : '';
  return isErrorCode(code) ? code : undefined;
}

/** True for a connection that cannot be opened. If its socket is a file, the code is that of a file. */
const isOfConnecting = (error: Error) => 'syscall' in error && error.syscall === 'connect';

/** Returns the code for an error of Postgres, of pg or of Node.js; undefined for others. */
export function systemCodeOf(error: unknown): FailureCode | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isOfConnecting(error)) return 'CS2101';
  const isOfPostgres = 'severity' in error;
  const text = isOfPostgres ? codeIn(error) : codeIn(error) || error.message;
  const [, code] = (isOfPostgres ? SQLSTATES : SYSTEM).find(([pattern]) => pattern.test(text)) ?? [];
  return code ?? (isOfPostgres ? 'CS2307' : undefined);
}

/** Returns the code of any error, or of its cause. */
export function errorCodeOf(error: unknown, unknown: ErrorCode = 'CS5901'): ErrorCode {
  const code = ownCodeOf(error) ?? systemCodeOf(error);
  if (code !== undefined || !(error instanceof Error)) return code ?? unknown;
  return error.cause === undefined ? unknown : errorCodeOf(error.cause, unknown);
}

/** Message and code of an error. */
export interface Failure {
  error: string;
  errorCode: ErrorCode;
}

/** Returns the part of an error that is stored. */
export const failureOf = (error: unknown): Failure => ({ error: formatError(error), errorCode: errorCodeOf(error) });

/** Formats a failure in one line, the code first. */
export const describeFailure = ({ error, errorCode }: { [Key in keyof Failure]?: Failure[Key] | undefined }): string =>
  errorCode === undefined ? (error ?? '') : `${errorCode}: ${error}`;
