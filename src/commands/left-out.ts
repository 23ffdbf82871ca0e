import { labelOf } from '../model/stream.ts';
import type { LeftOut } from '../operations/left-out.ts';

/** Formats the streams that are left out, each with the scope that it needs; no lines if there are none. */
export function describeLeftOut(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  const needs = leftOut.map(({ scope, ...ref }) => `${labelOf(ref)} needs ${scope}`);
  const reason = 'left out, as the credential lacks the scope:';
  return needs.length === 1 ? [`${reason} ${needs.join('')}`] : [reason, ...needs.map((need) => `  ${need}`)];
}
