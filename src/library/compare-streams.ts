import type { Chosen } from '../operations/choose.ts';
import type { OperationContext } from '../operations/context.ts';
import { verifyStreams, type VerifyStreamsOptions } from '../operations/verify-streams.ts';
import type { VerifyResult } from '../sync/verification.ts';
import type { Comparison, CompareOptions } from './api.ts';

/**
 * Verifies streams one after the other. Returns their results. Throws a ConfigError if the tables are not up to date.
 */
export async function compareStreams(
  context: OperationContext,
  chosen: readonly Chosen[],
  { streams: names = [], sample, onDifference }: CompareOptions,
  signal: AbortSignal,
): Promise<Comparison> {
  const streams: VerifyResult[] = [];
  const options: VerifyStreamsOptions = {
    areNamed: names.length > 0,
    sample,
    onDifference: (ref, mismatch) => onDifference?.({ ...ref, ...mismatch }),
    onEnd: (verified) => void streams.push(verified),
  };
  return { streams, ...(await verifyStreams(context, chosen, options, signal)) };
}
