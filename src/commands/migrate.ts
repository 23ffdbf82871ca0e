import { Command } from 'commander';
import { withContext } from './context.ts';
import { helpAfter } from './help.ts';
import { jsonOption, print, type Invocation } from './invocation.ts';

/** Returns the command `migrate`. */
export const migrateCommand = (invocation: Invocation): Command =>
  new Command('migrate')
    .description('bring the database schema up to date; several processes may run it at the same time')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync migrate', 'before a deployment; sync and worker do it themselves'],
          ['npx checkout-sync migrate --json', 'for scripts: {"applied":0}'],
        ],
        page: 'docs/operations.md',
      }),
    )
    .action(async ({ json }: { json?: boolean }) => {
      const { bringUpToDate } = await import('../operations/context.ts');
      const { applied } = await withContext(
        invocation,
        () => undefined,
        (context) => bringUpToDate(context, invocation.signal),
      );
      print(invocation, { applied }, !json && [describeMigrations(applied)]);
    });

const describeMigrations = (applied: number) =>
  applied === 0 ? 'The schema is up to date.' : `Applied ${applied} migration${applied === 1 ? '' : 's'}.`;
