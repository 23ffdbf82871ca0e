import { missingScopes } from '../ledger/scopes.ts';
import { labelOf, refOf, type StreamRef } from '../model/stream.ts';
import { askScopes } from '../sync/scopes.ts';
import type { Chosen } from './choose.ts';
import { withSource, type OperationContext } from './context.ts';

/** An optional stream that a command leaves out, and the scope that the credential lacks for it. */
export interface LeftOut extends StreamRef {
  scope: string;
}

/** Checks the scopes of the optional streams among the chosen ones, and records the missing ones. */
export async function askForScopes(
  context: OperationContext,
  chosen: readonly Chosen[],
  signal: AbortSignal,
): Promise<void> {
  const sources = new Set(chosen.filter(({ stream }) => stream.isOptional).map(({ source }) => source));
  for (const source of sources) await withSource(context, source, (opened) => askScopes(opened, signal));
}

/**
 * Separates the optional streams whose scope is known to be missing from the others; leaves out none if they were
 * named.
 */
export async function withoutLeftOut(
  { db }: Pick<OperationContext, 'db'>,
  chosen: readonly Chosen[],
  { areNamed }: { areNamed: boolean },
): Promise<{ wanted: readonly Chosen[]; leftOut: LeftOut[] }> {
  if (areNamed) return { wanted: chosen, leftOut: [] };
  const missing = await missingScopes(db.pool, [...new Set(chosen.map(({ source }) => source))]);
  const isLeftOut = ({ stream }: Chosen) => missing.get(labelOf(refOf(stream)))?.isLeftOut ?? false;
  return {
    wanted: chosen.filter((one) => !isLeftOut(one)),
    leftOut: chosen.filter(isLeftOut).map(({ stream }) => ({ ...refOf(stream), scope: stream.permission })),
  };
}
