import { Command } from 'commander';
import { DEFAULT_ACCOUNT } from '../model/stream.ts';
import type { PulledRecord } from '../operations/pull-records.ts';
import type { Pulled } from '../sync/pull.ts';
import { withContext } from './context.ts';
import { helpAfter } from './help.ts';
import { accountOption, jsonOption, print, type Invocation } from './invocation.ts';

const explanations: Partial<Record<Pulled['outcome'], string>> = {
  'not visible': 'not visible to this credential, which proves nothing: nothing was changed',
  excluded: 'excluded, as it is not of the organization that the settings name: nothing was changed',
};

/** Formats the outcome for each id, for people. */
const describePulled = (pulled: readonly PulledRecord[]): string[] =>
  pulled.map(
    ({ account, id, outcome }) =>
      `${id}  ${explanations[outcome] ?? outcome}${account === DEFAULT_ACCOUNT ? '' : ` (account ${account})`}`,
  );

/** Returns true if the source has every record, and all are stored. */
const isPulled = (pulled: readonly Pulled[]): boolean =>
  pulled.every(({ outcome }) => ['inserted', 'updated', 'unchanged'].includes(outcome));

/** Returns the command `pull`, which reads single records by id. */
export const pullCommand = (invocation: Invocation): Command =>
  new Command('pull')
    .description('fetch single records by id and store them; a 404 that proves a deletion marks the row as deleted')
    .argument('<stream>', 'stream such as polar.checkouts')
    .argument('<id...>', 'ids of the records')
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync pull polar.checkouts 0193c1a0-5a3e-7cc2-b2c2-0f4b3f1a8d10', 'one session'],
          [
            'npx checkout-sync pull polar.checkout_links 0193c1a0-5a3e-7cc2-b2c2-0f4b3f1a8d11 --account acme',
            'a link of one account',
          ],
        ],
        page: 'docs/operations.md',
      }),
    )
    .action(async (stream: string, ids: string[], { account, json }: { account?: string; json?: boolean }) => {
      const { chooseRecords, pullRecords } = await import('../operations/pull-records.ts');
      const pulled = await withContext(
        invocation,
        (config) => chooseRecords(config, stream, ids, account),
        (context, chosen) => pullRecords(context, chosen, ids, invocation.signal),
      );
      print(invocation, { pulled }, !json && describePulled(pulled));
      if (!isPulled(pulled)) invocation.fail();
    });
