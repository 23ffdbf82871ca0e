import { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { DEFAULT_ACCOUNT } from '../model/stream.ts';
import { ConfigError } from '../model/errors.ts';
import { isKey } from '../database/table-plan.ts';
import { pull, type Pulled } from '../sync/pull.ts';
import type { SyncContext } from '../sync/context.ts';
import { chooseResource, updateSchema, withContext, withSource, type Chosen } from './context.ts';
import { accountOption, jsonOption, print, type Invocation } from './invocation.ts';

const explanations: Partial<Record<Pulled['outcome'], string>> = {
  'not visible': 'not visible to this credential, which proves nothing: nothing was changed',
  excluded: 'excluded, as it is not of the organization that the settings name: nothing was changed',
};

/** What became of an id, and the account that has it, or was asked last. */
interface PulledRecord extends Pulled {
  account: string;
}

/** What became of each id, for people. */
const describePulled = (pulled: readonly PulledRecord[]): string[] =>
  pulled.map(
    ({ account, id, outcome }) =>
      `${id}  ${explanations[outcome] ?? outcome}${account === DEFAULT_ACCOUNT ? '' : ` (account ${account})`}`,
  );

/** True when the source has every record, and it is stored. */
const isPulled = (pulled: readonly Pulled[]): boolean =>
  pulled.every(({ outcome }) => ['inserted', 'updated', 'unchanged'].includes(outcome));

/** The command `pull`: single records by id. */
export const pullCommand = (invocation: Invocation): Command =>
  new Command('pull')
    .description('fetch single records by id and store them as a walk would')
    .argument('<stream>', 'stream such as polar.checkouts')
    .argument('<id...>', 'ids of the records')
    .addOption(accountOption())
    .addOption(jsonOption())
    .action(async (stream: string, ids: string[], { account, json }: { account?: string; json?: boolean }) => {
      const pulled = await pullRecords(invocation, ids, (config) => chooseRecords(config, stream, ids, account));
      print(invocation, { pulled }, !json && describePulled(pulled));
      if (!isPulled(pulled)) invocation.fail();
    });

/** Pulls from each account until the records are there: an id is of one account, and of the others nobody knows it. */
function pullRecords(
  invocation: Invocation,
  ids: readonly string[],
  choose: (config: Config) => Chosen[],
): Promise<PulledRecord[]> {
  return withContext(invocation, choose, async (context, chosen) => {
    await updateSchema(context);
    const found = new Map<string, PulledRecord>();
    for (const { source, stream } of chosen) {
      const missing = ids.filter((id) => !isOf(found.get(id)));
      const work = (opened: SyncContext) => pull(opened, stream, missing, invocation.signal);
      const pulled = missing.length > 0 ? await withSource(context, source, work, { urgent: true }) : [];
      for (const one of pulled)
        if (isOf(one) || !found.has(one.id)) found.set(one.id, { account: source.account, ...one });
    }
    return ids.flatMap((id) => found.get(id) ?? []);
  });
}

/** True for a record that the account has. */
const isOf = (pulled: Pulled | undefined): boolean =>
  pulled !== undefined && !['not found', 'not visible', 'excluded'].includes(pulled.outcome);

/** Throws a ConfigError for an unknown stream or account, one without requests for single records, or an id of another form. */
function chooseRecords(config: Config, name: string, ids: readonly string[], account: string | undefined): Chosen[] {
  const chosen = chooseResource(config, name, account);
  if (chosen.some(({ stream }) => stream.recordPath === null))
    throw new ConfigError(`the source has no request for a single record of ${name}: run sync ${name}`);
  const odd = ids.find((id) => chosen.some(({ stream }) => !isKey(stream.entity.table, id)));
  if (odd !== undefined) throw new ConfigError(`${odd} is not an id of ${name}`);
  return chosen;
}
