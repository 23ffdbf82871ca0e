import { Argument, Command } from 'commander';
import { withContext } from './context.ts';
import { helpAfter } from './help.ts';
import { jsonOption, print, type Invocation } from './invocation.ts';

const roleArgument = () => new Argument('<role>', 'Postgres role');

/** Returns the command `grant`. */
export const grantCommand = (invocation: Invocation): Command =>
  new Command('grant')
    .description(
      'let a Postgres role read the views for reports and nothing else; creates the role if it does not exist',
    )
    .addArgument(roleArgument())
    .option('--contacts', 'also let it read analytics_contacts.checkouts: sessions with e-mail addresses and names')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync grant reports', 'creates the role and prints its password once'],
          ['npx checkout-sync grant support --contacts', 'also e-mail addresses and names'],
        ],
        page: 'docs/reports.md',
      }),
    )
    .action(async (role: string, { contacts = false, json }: { contacts?: boolean; json?: boolean }) => {
      const { updateSchema } = await import('../operations/context.ts');
      const { grantReader } = await import('../reporting/readers.ts');
      const { password } = await withContext(
        invocation,
        () => undefined,
        async (context) => {
          await updateSchema(context);
          return grantReader(context.db.pool, role, { contacts });
        },
      );
      const schemas = contacts ? 'analytics and analytics_contacts' : 'analytics';
      const made = password === null ? [] : [`It was created, with the password ${password}, which is shown only now.`];
      print(invocation, { role, contacts, password }, !json && [`${role} may read the views of ${schemas}.`, ...made]);
    });

/** Returns the command `revoke`. */
export const revokeCommand = (invocation: Invocation): Command =>
  new Command('revoke')
    .description('take back the rights that grant gave a role; the role itself stays')
    .addArgument(roleArgument())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync revoke reports', 'the role may no longer read the views'],
          ['npx checkout-sync revoke reports --json', 'for scripts'],
        ],
        page: 'docs/reports.md',
      }),
    )
    .action(async (role: string, { json }: { json?: boolean }) => {
      const { revokeReader } = await import('../reporting/readers.ts');
      await withContext(
        invocation,
        () => undefined,
        ({ db }) => revokeReader(db.pool, role),
      );
      print(invocation, { role }, !json && [`${role} may no longer read the views for reports.`]);
    });
