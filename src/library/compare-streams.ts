import { requireTables, withSource, type OperationContext } from '../operations/context.ts';
import type { Chosen } from '../operations/choose.ts';
import { withoutLeftOut } from '../operations/left-out.ts';
import { refOf } from '../model/stream.ts';
import { verify } from '../sync/verify.ts';
import type { Mismatch, VerifyResult } from '../sync/verification.ts';
import type { Comparison, CompareOptions } from './api.ts';

/** Verifies streams one after the other. Throws a ConfigError where the tables are not up to date. */
export async function compareStreams(
  context: OperationContext,
  chosen: readonly Chosen[],
  { streams: names = [], sample, onDifference }: CompareOptions,
  signal: AbortSignal,
): Promise<Comparison> {
  await requireTables(context.db);
  const { wanted, leftOut } = await withoutLeftOut(context, chosen, { areNamed: names.length > 0 });
  const streams: VerifyResult[] = [];
  for (const { source, stream } of wanted) {
    const report = (mismatch: Mismatch) => onDifference?.({ ...refOf(stream), ...mismatch });
    const options = { sample, onDifference: report };
    streams.push(await withSource(context, source, (opened) => verify(opened, stream, options, signal)));
  }
  return { isEqual: streams.every(isEqual), streams, leftOut };
}

/** True for a stream that was read to its end, and does not differ. */
const isEqual = ({ missing, extra, different, error }: VerifyResult) =>
  missing + extra + different === 0 && error === undefined;
