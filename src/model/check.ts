import { errorCodeOf } from './error-code-of.ts';
import type { ErrorCode } from './error-codes.ts';
import { ConfigError, formatError, FatalError } from './errors.ts';
import { scrub } from './secrets.ts';

/** The result of one check of `doctor`. */
export interface CheckResult {
  /** The name of the check, such as `polar.scopes.checkouts:read`; it is stable across releases. */
  check: string;
  state: 'ok' | 'problem' | 'skipped';
  /** The code of the problem, which docs/errors.md explains; present for every problem. */
  code?: ErrorCode;
  /** The finding; for a skipped check, the reason. */
  found: string;
  /** The remedy; present for every problem. */
  advice?: string;
}

/** Returns the result of a check that passed. */
export const fine = (check: string, found: string): CheckResult => ({ check, state: 'ok', found });

/** Returns the result of a check that could not run. */
export const skipped = (check: string, found: string): CheckResult => ({ check, state: 'skipped', found });

/** A problem and its remedy. */
interface Finding {
  code: ErrorCode;
  found: string;
  advice: string;
}

/** Returns a problem, with its remedy. */
export const problem = (check: string, finding: Finding): CheckResult => ({ check, state: 'problem', ...finding });

/**
 * Returns an error as a problem. The messages of fatal errors consist of the problem, a colon, and the remedy; `advice`
 * is for other errors.
 */
export function failedCheck(check: string, error: unknown, advice: string, code = errorCodeOf(error)): CheckResult {
  const isForPeople = error instanceof ConfigError || error instanceof FatalError;
  const [, found, own] = (isForPeople && /^(.+?): (.+)$/s.exec(scrub(error.message))) || [];
  const finding = found && own ? { found, advice: own.replaceAll(/\s+/g, ' ') } : { found: formatError(error), advice };
  return problem(check, { code, ...finding });
}

/** Runs a check: ok with the result of `look`, a problem if it throws. */
export async function examine(
  check: string,
  look: () => string | Promise<string>,
  advice: string,
): Promise<CheckResult> {
  try {
    return fine(check, await look());
  } catch (error) {
    return failedCheck(check, error, advice);
  }
}
