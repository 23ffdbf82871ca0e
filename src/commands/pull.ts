import type { Config } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { migrate } from '../load/migrate.ts';
import { isKey } from '../load/table-plan.ts';
import { pull, type Pulled } from '../pull.ts';
import { chooseResource, withContext, withEngine, type Chosen } from './context.ts';

/** The command `pull`: single records by id. Throws a ConfigError for an unknown stream or an id of another form. */
export function pullCommand(name: string, ids: readonly string[], signal: AbortSignal): Promise<Pulled[]> {
  return withContext(
    (config) => chooseRecords(config, name, ids),
    async (context, { source, stream }) => {
      await migrate(context.db);
      return withEngine(context, source, (engine) => pull(engine, stream, ids, signal), { urgent: true });
    },
  );
}

function chooseRecords(config: Config, name: string, ids: readonly string[]): Chosen {
  const chosen = chooseResource(config, name);
  const odd = ids.find((id) => !isKey(chosen.stream.entity.table, id));
  if (odd !== undefined) throw new ConfigError(`${odd} is not an id of ${name}`);
  return chosen;
}
