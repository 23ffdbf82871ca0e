import { ConfigError, formatError, FatalError } from './errors.ts';
import { scrub } from './secrets.ts';

/** One thing that was looked at before it is trusted. */
export interface CheckResult {
  /** The part and what of it, such as `polar.scopes.checkouts:read`; stays the same over releases. */
  check: string;
  state: 'ok' | 'problem' | 'skipped';
  /** What was found; of a skipped check, why it was not made. */
  found: string;
  /** What to do; every problem has it. */
  advice?: string;
}

/** A check that found nothing wrong. */
export const fine = (check: string, found: string): CheckResult => ({ check, state: 'ok', found });

/** A check that could not be made. */
export const skipped = (check: string, found: string): CheckResult => ({ check, state: 'skipped', found });

/** Something wrong, and what to do about it. */
export const problem = (check: string, found: string, advice: string): CheckResult => ({
  check,
  state: 'problem',
  found,
  advice,
});

/** An error as a problem. Those that somebody must act on say what is wrong, a colon, and what to do; the advice is for others. */
export function failedCheck(check: string, error: unknown, advice: string): CheckResult {
  const isForPeople = error instanceof ConfigError || error instanceof FatalError;
  const [, found, own] = (isForPeople && /^(.+?): (.+)$/s.exec(scrub(error.message))) || [];
  return found && own ? problem(check, found, own.replaceAll(/\s+/g, ' ')) : problem(check, formatError(error), advice);
}

/** Makes a check: fine with what `look` finds, a problem when it throws. */
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
