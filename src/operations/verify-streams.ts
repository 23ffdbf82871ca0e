import { refOf, type StreamRef } from '../model/stream.ts';
import type { Progress } from '../sync/progress.ts';
import type { Mismatch, VerifyResult } from '../sync/verification.ts';
import { verify } from '../sync/verify.ts';
import type { Chosen } from './choose.ts';
import { requireTables, withSource, type OperationContext } from './context.ts';
import { withoutLeftOut, type LeftOut } from './left-out.ts';

/** Options of verifying streams. The callbacks get results as they are found, so none have to be kept. */
export interface VerifyStreamsOptions {
  /** True if the caller named the streams: then none is left out. */
  areNamed: boolean;
  /** Number of stored records to compare, chosen at random; all unless given. */
  sample?: number | undefined;
  onBegin?: (ref: StreamRef) => void;
  onDifference: (ref: StreamRef, mismatch: Mismatch) => void;
  onEnd: (verified: VerifyResult) => void;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** Result of verifying all streams. */
export interface Verified {
  /** True if every stream was read to its end, and nothing differs. */
  isEqual: boolean;
  leftOut: LeftOut[];
}

/** Verifies streams one after the other. Throws a ConfigError if the tables are not up to date. */
export async function verifyStreams(
  context: OperationContext,
  chosen: readonly Chosen[],
  { areNamed, sample, onBegin, onDifference, onEnd, onProgress }: VerifyStreamsOptions,
  signal: AbortSignal,
): Promise<Verified> {
  await requireTables(context.db);
  const { wanted, leftOut } = await withoutLeftOut(context, chosen, { areNamed });
  let isEqual = true;
  for (const { source, stream } of wanted) {
    const ref = refOf(stream);
    onBegin?.(ref);
    const options = { sample, onDifference: (mismatch: Mismatch) => onDifference(ref, mismatch) };
    const verified = await withSource(context, source, (opened) =>
      verify({ ...opened, ...(onProgress && { onProgress }) }, stream, options, signal),
    );
    onEnd(verified);
    isEqual &&= isWithoutDifference(verified);
  }
  return { isEqual, leftOut };
}

const isWithoutDifference = ({ missing, extra, different, error }: VerifyResult) =>
  missing + extra + different === 0 && error === undefined;
