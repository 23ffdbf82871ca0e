import { Argument, Command } from 'commander';
import { withContext } from './context.ts';
import { helpAfter } from './help.ts';
import { accountOption, jsonOption, type Invocation } from './invocation.ts';
import type { ForgetOptions } from './run-forget.ts';

/** The command `forget`. */
export const forgetCommand = (invocation: Invocation): Command =>
  new Command('forget')
    .description("erase a person's data from all tables, now and whenever it comes again; without --yes, only count it")
    .addArgument(new Argument('[person]', "e-mail address, the source's customer id, or the id in your own system"))
    .option('--yes', 'erase; without it, only what would be erased is said')
    .option('--export', 'print who was forgotten, as keyed hashes, to be imported after an older backup is restored')
    .option('--import <file>', 'forget all on an exported list')
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync forget ada@example.com', 'counts what would be erased'],
          ['npx checkout-sync forget ada@example.com --yes', 'erases it, now and whenever it comes again'],
          ['npx checkout-sync forget --export > forgotten.json', 'before an older backup is restored'],
          ['npx checkout-sync forget --import forgotten.json --yes', 'after it was'],
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
