import { ConfigError, formatError, FatalError } from './errors.ts';
import { scrub } from './secrets.ts';

/** The result of one check of `doctor`. */
export interface CheckResult {
  /** The name of the check, such as `polar.scopes.checkouts:read`; it is stable across releases. */
  check: string;
  state: 'ok' | 'problem' | 'skipped';
  /** What was found; for a skipped check, why it was skipped. */
  found: string;
  /** What to do; present for every problem. */
  advice?: string;
}

/** Returns the result of a check that passed. */
export const fine = (check: string, found: string): CheckResult => ({ check, state: 'ok', found });

/** Returns the result of a check that could not run. */
export const skipped = (check: string, found: string): CheckResult => ({ check, state: 'skipped', found });

/** Returns a problem, with what to do about it. */
export const problem = (check: string, found: string, advice: string): CheckResult => ({
  check,
  state: 'problem',
  found,
  advice,
});

/** Returns an error as a problem. Fatal errors say what is wrong, a colon, and what to do; the advice is for others. */
export function failedCheck(check: string, error: unknown, advice: string): CheckResult {
  const isForPeople = error instanceof ConfigError || error instanceof FatalError;
  const [, found, own] = (isForPeople && /^(.+?): (.+)$/s.exec(scrub(error.message))) || [];
  return found && own ? problem(check, found, own.replaceAll(/\s+/g, ' ')) : problem(check, formatError(error), advice);
}

/** Runs a check: ok with what `look` returns, a problem when it throws. */
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
