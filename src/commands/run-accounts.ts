import { closest } from 'fastest-levenshtein';
import { ConfigError } from '../model/errors.ts';
import { listAccounts, type StoredAccount } from '../ledger/accounts.ts';
import { acquireLease, type Lease } from '../ledger/lease.ts';
import { statusOf } from '../ledger/status.ts';
import { countAccountRows, removeAccount } from '../load/remove-account.ts';
import { accountRef, type AccountRef, type Source } from '../model/source.ts';
import { streamEntities } from '../sources/index.ts';
import { requireTables, updateSchema } from '../operations/context.ts';
import type { CommandContext } from './context.ts';
import { count } from './format.ts';
import type { Invocation } from './invocation.ts';

/** A stream of an account as `accounts --json` prints it. */
interface AccountStream {
  stream: string;
  rows: number;
  freshnessMs: number | null;
  /** The scope that it needs, if the credential is known to lack it. */
  missingScope: string | null;
}

/** An account as `accounts --json` prints it. */
export interface AccountReport extends StoredAccount {
  /** False for an account whose settings were removed: its rows stay until `accounts remove`. */
  isConfigured: boolean;
  streams: AccountStream[];
}

/** An account that has a credential, and the scope of each stream that is turned on. */
interface ConfiguredAccount extends AccountRef {
  scopes: ReadonlyMap<string, string>;
}

/** Returns the account of a source that is turned on. */
export const configuredAccount = (source: Source): ConfiguredAccount => ({
  ...accountRef(source),
  scopes: new Map(source.streams.map(({ name, permission }) => [name, permission])),
});

const isSameAccount = (one: AccountRef, other: AccountRef) =>
  one.source === other.source && one.account === other.account;

const entitiesOf = ({ source }: AccountRef) =>
  Object.entries(streamEntities).filter(([stream]) => stream.startsWith(`${source}.`));

/** Reports the stored data of each account, configured or not. */
export async function reportAccounts(
  { db }: CommandContext,
  configured: readonly ConfiguredAccount[],
): Promise<AccountReport[]> {
  await requireTables(db);
  const stored = await listAccounts(db.pool);
  const unknown = configured.filter((one) => !stored.some((other) => isSameAccount(one, other)));
  const nothing = { identity: [], missingScopes: [], lastSeenAt: null };
  const all = [...stored, ...unknown.map(({ source, account }) => ({ source, account, ...nothing }))];
  return Promise.all(
    all.map((one) =>
      reportAccount(
        db,
        one,
        configured.find((other) => isSameAccount(one, other)),
      ),
    ),
  );
}

async function reportAccount(
  db: CommandContext['db'],
  one: StoredAccount,
  configured: ConfiguredAccount | undefined,
): Promise<AccountReport> {
  const needed = new Set(configured?.scopes.values() ?? one.missingScopes);
  const missingScopes = one.missingScopes.filter((scope) => needed.has(scope));
  const streams = entitiesOf(one).map(async ([stream, entity]) => {
    const { rows, freshnessMs } = await statusOf(db.pool, { account: one.account, stream }, entity);
    const scope = configured?.scopes.get(stream);
    const missingScope = scope !== undefined && missingScopes.includes(scope) ? scope : null;
    return { stream, rows, freshnessMs, missingScope };
  });
  return { ...one, missingScopes, isConfigured: configured !== undefined, streams: await Promise.all(streams) };
}

/** Deletes the stored data of an account, or counts it without `yes`. Returns true if the account was removed. */
export async function removeStored(
  context: CommandContext,
  { account, source, yes }: { account: string; source: string | undefined; yes: boolean | undefined },
  { stdout, signal }: Invocation,
): Promise<boolean> {
  await updateSchema(context);
  const { db } = context;
  const stored = await listAccounts(db.pool);
  const found = stored.filter((one) => one.account === account && (source === undefined || one.source === source));
  if (found.length === 0) throw unknownAccount(account, source, stored);
  const say = (text: string) => void stdout.write(`${text}\n`);
  for (const name of found) {
    const label = `the account ${name.account} of ${name.source} (${name.identity.join(', ') || 'identity unknown'})`;
    if (yes) say(`${count(await removeUnderLeases(db, name, signal))} rows of ${label} deleted`);
    else say(`${count(await countAccountRows(db.pool, name))} rows of ${label} would be deleted: add --yes`);
  }
  return yes === true;
}

function unknownAccount(account: string, source: string | undefined, stored: readonly AccountRef[]): ConfigError {
  const names = [...new Set(stored.map((one) => one.account))];
  const hint = names.length > 0 ? `did you mean ${closest(account, names)}?` : 'nothing is stored for any';
  return new ConfigError(
    'CS1108',
    `nothing is stored for an account ${account}${source ? ` of ${source}` : ''}: ${hint}`,
  );
}

/**
 * Removes an account while holding the leases of all its streams. Throws a LeaseHeldError if one of them is being
 * walked.
 */
async function removeUnderLeases(db: CommandContext['db'], name: AccountRef, signal: AbortSignal): Promise<number> {
  const leases: Lease[] = [];
  try {
    for (const [stream] of entitiesOf(name)) leases.push(await acquireLease(db, { ...name, stream }, 'full'));
    return await removeAccount(
      db.pool,
      name,
      entitiesOf(name).map(([, entity]) => entity),
      signal,
    );
  } finally {
    for (const lease of leases) await lease.release();
  }
}
