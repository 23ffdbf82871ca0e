import { Argument, Command } from 'commander';
import { withContext } from './context.ts';
import { helpAfter } from './help.ts';
import { accountOption, jsonOption, type Invocation } from './invocation.ts';
import type { ForgetOptions } from './run-forget.ts';

/** Returns the command `forget`. */
export const forgetCommand = (invocation: Invocation): Command =>
  new Command('forget')
    .description("erase a person's data from all tables and keep it out from then on; without --yes, only count rows")
    .addArgument(new Argument('[person]', "e-mail address, the source's customer id, or the id in your own system"))
    .option('--yes', 'erase; without it, only print how many rows would be emptied')
    .option('--export', 'print the list of forgotten people, as keyed hashes, for --import after a backup is restored')
    .option('--import <file>', 'forget everybody on a list that --export printed')
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync forget ada@example.com', 'counts the rows that would be emptied'],
          ['npx checkout-sync forget ada@example.com --yes', 'erases them, and keeps them out from then on'],
          ['npx checkout-sync forget --export > forgotten.json', 'run after each forget, and keep with the backups'],
          ['npx checkout-sync forget --import forgotten.json --yes', 'run after you restore an older backup'],
        ],
        page: 'docs/privacy.md',
      }),
    )
    .action(async (person: string | undefined, options: ForgetOptions) => {
      const { carryOut, taskOf } = await import('./run-forget.ts');
      const task = await taskOf(person, options);
      const isDone = await withContext(
        invocation,
        () => undefined,
        (context) => carryOut(context, task, { ...options, invocation }),
      );
      if (!isDone) invocation.fail();
    });
