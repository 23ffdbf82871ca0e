import type { RunDetails } from 'fast-check';

const given = Number(process.env.FUZZ_CASES) || undefined;
const isSlow = process.env.npm_lifecycle_event === 'test:faults';

/**
 * Returns the number of cases of a kind: few in `npm test`, more in `npm run test:faults`, and the kind's share of FUZZ_CASES
 * if that is set.
 */
export function casesOf(kind: { usual: number; slow: number; share: number }): number {
  return given === undefined ? (isSlow ? kind.slow : kind.usual) : Math.ceil(given * kind.share);
}

/** Reports how to repeat a failure, without the batch of records, which may have megabytes. */
function report<T>({ failed, seed, counterexamplePath, errorInstance }: RunDetails<T>): void {
  if (!failed) return;
  const repeat = `FC_SEED=${seed}, path ${counterexamplePath}; FC_SHRINK=1 makes it smaller`;
  throw new Error(`a property does not hold (${repeat})`, { cause: errorInstance });
}

/** Returns parameters of fast-check for this many runs. A failure reports its seed, and is shrunk only with FC_SHRINK. */
export const parameters = (numRuns: number) => ({
  numRuns,
  reporter: report,
  endOnFailure: process.env.FC_SHRINK === undefined,
});

/** Says how many cases there were, so that the count can be quoted. */
export const sayCount = (kind: string, count: number) => void process.stderr.write(`fuzzed ${kind}: ${count} cases\n`);

/** Returns the timeout of a test with this number of cases. */
export const timeFor = (cases: number) => ({ timeout: 120_000 + cases * 100 });
