import { postgresErrors } from './error-codes/postgres.ts';
import { queueErrors } from './error-codes/queue.ts';
import { reportingErrors } from './error-codes/reporting.ts';
import { runErrors } from './error-codes/runs.ts';
import { serverErrors } from './error-codes/server.ts';
import { settingsErrors } from './error-codes/settings.ts';
import { sourceErrors } from './error-codes/source.ts';

/**
 * All errors by their code. The meaning of a code never changes: an error that no longer occurs keeps its number, and a
 * new error gets a new one. Other files import only its types, so no command loads the texts.
 */
export const errorCodes = {
  ...settingsErrors,
  ...postgresErrors,
  ...queueErrors,
  ...sourceErrors,
  ...runErrors,
  ...reportingErrors,
  ...serverErrors,
};

/** The code of an error, such as `CS1203`; docs/errors.md lists all of them. */
export type ErrorCode = keyof typeof errorCodes;

type CodesWith<Exit extends number> = {
  [Code in ErrorCode]: (typeof errorCodes)[Code] extends { exit: Exit } ? Code : never;
}[ErrorCode];

/** Codes of wrong usage and settings: a command ends with 2. */
export type UsageCode = CodesWith<2>;

/** Codes of work that failed: a command ends with 1. */
export type FailureCode = CodesWith<1>;
