import type { Config } from '../config/config.ts';
import { isKey } from '../database/table-plan.ts';
import { ConfigError } from '../model/errors.ts';
import type { SyncContext } from '../sync/context.ts';
import { pull, type Pulled } from '../sync/pull.ts';
import { chooseResource, type Chosen } from './choose.ts';
import { updateSchema, withSource, type OperationContext } from './context.ts';

/** Result of pulling an id, and the account that has it, or the last one that was asked. */
export interface PulledRecord extends Pulled {
  account: string;
}

/**
 * Migrates, then pulls from each account until the records are found: an id belongs to one account, and which one is
 * unknown.
 */
export async function pullRecords(
  context: OperationContext,
  chosen: readonly Chosen[],
  ids: readonly string[],
  signal: AbortSignal,
): Promise<PulledRecord[]> {
  await updateSchema(context);
  const found = new Map<string, PulledRecord>();
  for (const { source, stream } of chosen) {
    const missing = ids.filter((id) => !isOf(found.get(id)));
    const work = (opened: SyncContext) => pull(opened, stream, missing, signal);
    const pulled = missing.length > 0 ? await withSource(context, source, work, { urgent: true }) : [];
    for (const one of pulled)
      if (isOf(one) || !found.has(one.id)) found.set(one.id, { account: source.account, ...one });
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** Returns true for a record that the account has. */
const isOf = (pulled: Pulled | undefined): boolean =>
  pulled !== undefined && !['not found', 'not visible', 'excluded'].includes(pulled.outcome);

/**
 * Returns the resource to pull from. Throws a ConfigError for an unknown stream or account, a resource without requests
 * for single records, or an id of another form.
 */
export function chooseRecords(
  config: Config,
  name: string,
  ids: readonly string[],
  account: string | undefined,
): Chosen[] {
  const chosen = chooseResource(config, name, account);
  if (chosen.some(({ stream }) => stream.recordPath === null))
    throw new ConfigError('CS1109', `the source has no request for a single record of ${name}: run sync ${name}`);
  const odd = ids.find((id) => chosen.some(({ stream }) => !isKey(stream.entity.table, id)));
  if (odd !== undefined) throw new ConfigError('CS1110', `${odd} is not an id of ${name}`);
  return chosen;
}
