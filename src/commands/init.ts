import { Command, Option } from 'commander';
import { helpAfter } from './help.ts';
import { PROVIDERS, type InitOptions } from './init-options.ts';
import { jsonOption, print, type Invocation } from './invocation.ts';

/** Returns the command `init`, which asks for the required settings, tries them, and writes them to `.env`. */
export const initCommand = (invocation: Invocation): Command =>
  new Command('init')
    .description('ask for provider, token and database, try each, and write them into .env')
    .addOption(new Option('--provider <provider>', 'whose records to sync').choices(PROVIDERS))
    .option('--api-url <url>', 'address of the API: needed for Fynn, as each tenant has its own')
    .option('--token-file <file>', 'file with the token or key; an option would show it in the list of processes')
    .addOption(new Option('--token-stdin', 'read the token or key from standard input').conflicts('tokenFile'))
    .option('--database-url <url>', 'Postgres 14 or newer (default: DATABASE_URL, or the embedded Postgres)')
    .option(
      '--redis-url <url>',
      'Redis 6.2 or newer for the queue (default: REDIS_URL, or the queue is in the database)',
    )
    .option('--timezone <zone>', 'time zone in which the days of reports begin')
    .option('--file <file>', 'file to write', '.env')
    .option('--yes', 'use defaults, and replace other values in the file without asking')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExisting settings are the suggested answers. Without a terminal, a missing answer is an error (exit code 2).',
    )
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync init', 'asks for everything'],
          [
            'npx checkout-sync init --provider polar-sandbox --token-file token.txt --yes',
            'into the embedded Postgres',
          ],
          [
            'npx checkout-sync init --provider polar --token-stdin < token.txt',
            'without a terminal, DATABASE_URL is set',
          ],
        ],
        page: 'docs/operations.md',
      }),
    )
    .action(async (options: InitOptions) => {
      const { runInit, describeInit } = await import('./run-init.ts');
      const done = await runInit(invocation, options);
      print(invocation, done, !options.json && describeInit(done));
    });
