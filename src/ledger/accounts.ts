import type { Pool } from 'pg';
import { lockSource, transaction } from '../database/database.ts';
import { FatalError } from '../model/errors.ts';
import type { AccountRef } from '../model/source.ts';

/** Returns the identity of an account as far as its source has shown it; empty before anything was stored. */
export async function identityOf(pool: Pool, { source, account }: AccountRef): Promise<string[]> {
  const { rows } = await pool.query<{ identity: string[] }>(
    'select identity from sync.accounts where source = $1 and account = $2',
    [source, account],
  );
  return rows[0]?.identity ?? [];
}

/** Records that an account has just been synced. */
export async function touchAccount(pool: Pool, { source, account }: AccountRef): Promise<void> {
  await pool.query('update sync.accounts set last_seen_at = now() where source = $1 and account = $2', [
    source,
    account,
  ]);
}

const REMEMBER = `
insert into sync.accounts as a (source, account, identity, first_seen_at, last_seen_at) values ($1, $2, $3, now(), now())
on conflict (source, account) do update set last_seen_at = excluded.last_seen_at,
  identity = array(select distinct one from unnest(a.identity || excluded.identity) as one order by one)`;

/** Adds to the identity of an account. Throws a FatalError if another account of the source has the same identity. */
export async function rememberIdentity(
  pool: Pool,
  { source, account }: AccountRef,
  shown: readonly string[],
): Promise<void> {
  await transaction(pool, async (client) => {
    await lockSource(client, { name: source }); // of two accounts that begin together, one finds the other
    const { rows } = await client.query<{ account: string; shared: string }>(
      `select account, (select min(one) from unnest(identity) as one where one = any($3)) as shared
       from sync.accounts where source = $1 and account <> $2 and identity && $3 limit 1`,
      [source, account, shown],
    );
    if (rows[0])
      throw new FatalError(
        'CS4207',
        `the account ${account} of ${source} shows ${rows[0].shared}, which the account ${rows[0].account} has: remove the settings of one of them`,
      );
    await client.query(REMEMBER, [source, account, shown]);
  });
}

/** An account with stored data. */
export interface StoredAccount extends AccountRef {
  identity: readonly string[];
  missingScopes: readonly string[];
  lastSeenAt: string | null;
}

/** Returns all accounts with stored data, by source and name. */
export async function listAccounts(pool: Pool): Promise<StoredAccount[]> {
  const { rows } = await pool.query<{ one: StoredAccount }>(
    `select json_build_object('source', source, 'account', account, 'identity', identity,
       'missingScopes', missing_scopes, 'lastSeenAt', last_seen_at) as one from sync.accounts order by source, account`,
  );
  return rows.map(({ one }) => one);
}
