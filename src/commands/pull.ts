import { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../model/errors.ts';
import { migrate } from '../database/migrate.ts';
import { isKey } from '../database/table-plan.ts';
import { pull, type Pulled } from '../sync/pull.ts';
import type { SyncContext } from '../sync/context.ts';
import { chooseResource, withContext, withSource, type Chosen } from './context.ts';
import { jsonOption, print, type Invocation } from './invocation.ts';

const explanations: Partial<Record<Pulled['outcome'], string>> = {
  'not visible': 'not visible to this credential, which proves nothing: nothing was changed',
  excluded: 'excluded, as it is not of the organization that the settings name: nothing was changed',
};

/** What became of each id, for people. */
const describePulled = (pulled: readonly Pulled[]): string[] =>
  pulled.map(({ id, outcome }) => `${id}  ${explanations[outcome] ?? outcome}`);

/** True when the source has every record, and it is stored. */
const isPulled = (pulled: readonly Pulled[]): boolean =>
  pulled.every(({ outcome }) => ['inserted', 'updated', 'unchanged'].includes(outcome));

/** The command `pull`: single records by id. */
export const pullCommand = (invocation: Invocation): Command =>
  new Command('pull')
    .description('fetch single records by id and store them as a walk would')
    .argument('<stream>', 'stream such as polar.checkouts')
    .argument('<id...>', 'ids of the records')
    .addOption(jsonOption())
    .action(async (stream: string, ids: string[], { json }: { json?: boolean }) => {
      const pulled = await pullRecords(invocation, stream, ids);
      print(invocation, { pulled }, !json && describePulled(pulled));
      if (!isPulled(pulled)) invocation.fail();
    });

function pullRecords(invocation: Invocation, name: string, ids: readonly string[]): Promise<Pulled[]> {
  return withContext(
    invocation,
    (config) => chooseRecords(config, name, ids),
    async (context, { source, stream }) => {
      await migrate(context.db);
      const work = (opened: SyncContext) => pull(opened, stream, ids, invocation.signal);
      return withSource(context, source, work, { urgent: true });
    },
  );
}

/** Throws a ConfigError for an unknown stream or an id of another form. */
function chooseRecords(config: Config, name: string, ids: readonly string[]): Chosen {
  const chosen = chooseResource(config, name);
  const odd = ids.find((id) => !isKey(chosen.stream.entity.table, id));
  if (odd !== undefined) throw new ConfigError(`${odd} is not an id of ${name}`);
  return chosen;
}
