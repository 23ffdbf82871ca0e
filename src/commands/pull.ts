import type { Config } from '../config/config.ts';
import { ConfigError } from '../model/errors.ts';
import { migrate } from '../database/migrate.ts';
import { isKey } from '../database/table-plan.ts';
import { pull, type Pulled } from '../sync/pull.ts';
import { chooseResource, withContext, withEngine, type Chosen } from './context.ts';

const explanations: Partial<Record<Pulled['outcome'], string>> = {
  'not visible': 'not visible to this credential, which proves nothing: nothing was changed',
  excluded: 'excluded, as it is not of the organization that the settings name: nothing was changed',
};

/** What became of each id, for people. */
export const describePulled = (pulled: readonly Pulled[]): string[] =>
  pulled.map(({ id, outcome }) => `${id}  ${explanations[outcome] ?? outcome}`);

/** True when the source has every record, and it is stored. */
export const isPulled = (pulled: readonly Pulled[]): boolean =>
  pulled.every(({ outcome }) => ['inserted', 'updated', 'unchanged'].includes(outcome));

/** The command `pull`: single records by id. Throws a ConfigError for an unknown stream or an id of another form. */
export function pullCommand(name: string, ids: readonly string[], signal: AbortSignal): Promise<Pulled[]> {
  return withContext(
    (config) => chooseRecords(config, name, ids),
    async (context, { source, stream }) => {
      await migrate(context.db);
      return withEngine(context, source, (context) => pull(context, stream, ids, signal), { urgent: true });
    },
    { signal },
  );
}

function chooseRecords(config: Config, name: string, ids: readonly string[]): Chosen {
  const chosen = chooseResource(config, name);
  const odd = ids.find((id) => !isKey(chosen.stream.entity.table, id));
  if (odd !== undefined) throw new ConfigError(`${odd} is not an id of ${name}`);
  return chosen;
}
