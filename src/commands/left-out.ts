import { missingScopes } from '../ledger/scopes.ts';
import { labelOf, refOf, type StreamRef } from '../model/stream.ts';
import { askScopes } from '../sync/scopes.ts';
import { withSource, type Chosen, type CommandContext } from './context.ts';

/** An optional stream that a command leaves out, and the scope that the credential lacks for it. */
export interface LeftOut extends StreamRef {
  scope: string;
}

/** Asks for the scopes of the optional streams among the chosen ones, and records what is missing. */
export async function askForScopes(
  context: CommandContext,
  chosen: readonly Chosen[],
  signal: AbortSignal,
): Promise<void> {
  const sources = new Set(chosen.filter(({ stream }) => stream.isOptional).map(({ source }) => source));
  for (const source of sources) await withSource(context, source, (opened) => askScopes(opened, signal));
}

/** Separates the optional streams whose scope is known to be missing from the others; all are wanted where they were named. */
export async function withoutLeftOut(
  { db }: Pick<CommandContext, 'db'>,
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

/** Lines that say which scope gives which stream; none where nothing is left out. */
export function describeLeftOut(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  const needs = leftOut.map(({ scope, ...ref }) => `${labelOf(ref)} needs ${scope}`);
  const reason = 'left out, as the credential lacks the scope:';
  return needs.length === 1 ? [`${reason} ${needs.join('')}`] : [reason, ...needs.map((need) => `  ${need}`)];
}
