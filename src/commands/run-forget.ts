import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { listAccounts } from '../ledger/accounts.ts';
import { readForgotten, type ForgottenEntry } from '../ledger/forgotten.ts';
import { forgetEntries, forgetPerson, type ForgetPlan } from '../load/forget.ts';
import { ConfigError, formatError } from '../model/errors.ts';
import { sourceEntities } from '../sources/index.ts';
import { updateSchema } from '../operations/context.ts';
import type { CommandContext } from './context.ts';
import { count } from './format.ts';
import { print, type Invocation } from './invocation.ts';

/** Options of the command `forget`. */
export interface ForgetOptions {
  account?: string;
  yes?: boolean;
  import?: string;
  export?: boolean;
  json?: boolean;
}

/** The request: to list the forgotten people, to forget a person, or to forget everyone on such a list. */
type Task = { kind: 'export' } | { kind: 'person'; person: string } | { kind: 'entries'; entries: ForgottenEntry[] };

const SHORTEST_PERSON = 3;

/** Returns the task. Throws a ConfigError unless there is exactly one. No message repeats who the person is. */
export async function taskOf(person: string | undefined, options: ForgetOptions): Promise<Task> {
  const given = [person, options.import, options.export].filter((one) => one !== undefined);
  if (given.length !== 1) throw new ConfigError('CS1105', 'forget takes a person, --export, or --import <file>');
  if (options.import !== undefined) return { kind: 'entries', entries: await readEntries(options.import) };
  if (person === undefined) return { kind: 'export' };
  if (person.trim().length < SHORTEST_PERSON)
    throw new ConfigError('CS1104', 'this is too short for an e-mail address or an id');
  return { kind: 'person', person: person.trim() };
}

const exported = z.object({
  forgotten: z.array(
    z.object({
      source: z.string().nullable(),
      account: z.string().nullable(),
      salt: z.string().regex(/^[0-9a-f]{64}$/),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

async function readEntries(file: string): Promise<ForgottenEntry[]> {
  try {
    return exported.parse(JSON.parse(await readFile(file, 'utf8'))).forgotten;
  } catch (error) {
    const reason =
      error instanceof z.ZodError || error instanceof SyntaxError ? 'it has another form' : formatError(error);
    throw new ConfigError('CS1111', `--import needs a file that forget --export printed: ${reason}`);
  }
}

/** Carries out the task. Returns true if nothing is left to be done. */
export async function carryOut(
  context: CommandContext,
  task: Task,
  {
    account = null,
    yes = false,
    json = false,
    invocation,
  }: Omit<ForgetOptions, 'account'> & { account?: string | null; invocation: Invocation },
): Promise<boolean> {
  await updateSchema(context);
  const { db } = context;
  if (task.kind === 'export') {
    const { entries } = await readForgotten(db.pool);
    print(invocation, { forgotten: entries }, false);
    return true;
  }
  const plan: ForgetPlan = { sources: sourceEntities };
  const options = { looksOnly: !yes, signal: invocation.signal };
  const query = { account: account && (await requireAccount(db, account.toLowerCase())) };
  const counts =
    task.kind === 'person'
      ? await forgetPerson(db.pool, plan, { ...query, person: task.person }, options)
      : await forgetEntries(db.pool, plan, task.entries, options);
  print(invocation, { done: yes, tables: Object.fromEntries(counts) }, !json && describeCounts(counts, yes));
  return yes;
}

/** Throws a ConfigError for an account without stored data: a mistyped name must not look like success. */
async function requireAccount({ pool }: CommandContext['db'], account: string): Promise<string> {
  const names = (await listAccounts(pool)).map((one) => one.account);
  if (names.includes(account)) return account;
  throw new ConfigError('CS1108', `nothing is stored for an account ${account}: accounts lists them`);
}

function describeCounts(counts: ReadonlyMap<string, number>, isDone: boolean): string[] {
  const lines = [...counts].map(
    ([table, rows]) => `${count(rows)} rows of ${table} ${isDone ? 'emptied' : 'would be emptied'}`,
  );
  const none = isDone ? 'nothing is stored; what comes will be masked' : 'nothing is stored';
  return [...(lines.length > 0 ? lines : [none]), ...(isDone ? [] : ['nothing was changed: add --yes'])];
}
