import { Command, Option } from 'commander';
import { withContext } from './context.ts';
import { count, duration, table } from './format.ts';
import { helpAfter } from './help.ts';
import { accountName, jsonOption, print, type Invocation } from './invocation.ts';
import type { AccountReport } from './run-accounts.ts';

/** Returns the command `accounts`, with `accounts remove`. */
export const accountsCommand = (invocation: Invocation): Command =>
  new Command('accounts')
    .description('list the accounts with their organization or API address and what is stored for them')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync accounts', 'each account with its streams'],
          ['npx checkout-sync accounts remove acme', 'prints what would be deleted'],
          ['npx checkout-sync accounts remove acme --source polar --yes', 'deletes it, at Polar only'],
        ],
        page: 'docs/operations.md',
      }),
    )
    .action(async ({ json }: { json?: boolean }) => {
      const { configuredAccount, reportAccounts } = await import('./run-accounts.ts');
      const accounts = await withContext(invocation, ({ sources }) => sources.map(configuredAccount), reportAccounts);
      print(invocation, { accounts }, !json && describeAccounts(accounts));
    })
    .addCommand(removeCommand(invocation));

const removeCommand = (invocation: Invocation): Command =>
  new Command('remove')
    .description('delete everything stored for an account; remove its settings first, or the next sync stores it again')
    .argument('<account>', 'name of the account, such as default', accountName)
    .addOption(new Option('--source <source>', 'only at this source, such as polar (default: all)'))
    .option('--yes', 'delete; without it, only print how many rows would be deleted')
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync accounts remove acme', 'prints what would be deleted'],
          ['npx checkout-sync accounts remove acme --source polar --yes', 'deletes it, at Polar only'],
        ],
        page: 'docs/operations.md',
      }),
    )
    .action(async (account: string, { source, yes }: { source?: string; yes?: boolean }) => {
      const { removeStored } = await import('./run-accounts.ts');
      const isDone = await withContext(
        invocation,
        () => ({ account, source, yes }),
        (context, wanted) => removeStored(context, wanted, invocation),
      );
      if (!isDone) invocation.fail();
    });

function describeAccounts(accounts: readonly AccountReport[]): string[] {
  if (accounts.length === 0) return ['There is no account: set POLAR_ACCESS_TOKEN or FYNN_API_KEY.'];
  const rows = accounts.flatMap(({ source, account, identity, isConfigured, streams }) =>
    streams.map(({ stream, rows: stored, freshnessMs, missingScope }) => [
      `${source}/${account}`,
      isConfigured ? 'on' : 'no settings',
      stream,
      count(stored),
      freshnessMs === null ? 'never' : `${duration(freshnessMs)} old`,
      missingScope ?? 'none',
      identity.join(' ') || 'unknown',
    ]),
  );
  return table(['account', 'settings', 'stream', 'rows', 'freshness', 'missing scope', 'identity'], rows);
}
