import { createHmac, randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { IdentityKind } from '../model/privacy.ts';
import type { ForgottenTest } from '../normalize/masks.ts';

type Queryable = Pick<ClientBase, 'query'>;

/** An entry of `sync.forgotten`, as it is exported. */
export interface ForgottenEntry {
  source: string | null;
  account: string | null;
  salt: string;
  hash: string;
}

/** Everything to be masked whatever the settings, as of one moment. */
export interface Forgotten {
  /** Differs after each change. */
  version: string;
  /** Entries of the people who were forgotten. */
  entries: readonly ForgottenEntry[];
  /** Creation date before which settled records lose their personal data, in ISO; null for none. */
  cutoff: string | null;
}

/** A key that identifies a person in records. The ids of a merchant's own system belong to one account. */
export interface PersonKey {
  kind: IdentityKind;
  value: string;
  source: string | null;
  account: string | null;
}

const CUTOFF = `(select to_char(cutoff at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') from sync.retention)`;

/** SQL for the version that {@link readForgotten} returns. */
export const FORGOTTEN_VERSION = `concat((select max(id) from sync.forgotten), ' ', ${CUTOFF})`;

/** Returns the version that {@link readForgotten} would return. */
export async function forgottenVersion(client: Queryable): Promise<string> {
  const { rows } = await client.query<{ version: string }>({
    name: 'checkout_sync_forgotten',
    text: `select ${FORGOTTEN_VERSION} as version`,
  });
  return rows[0]?.version ?? '';
}

/** Reads all entries, and the cutoff. */
export async function readForgotten(client: Queryable): Promise<Forgotten> {
  const entry = `json_build_object('source', source, 'account', account, 'salt', salt, 'hash', hash)`;
  const { rows } = await client.query<Forgotten>(
    `select ${FORGOTTEN_VERSION} as version, ${CUTOFF} as cutoff,
       coalesce((select json_agg(${entry} order by id) from sync.forgotten), '[]') as entries`,
  );
  return rows[0] ?? { version: '', entries: [], cutoff: null };
}

/** Adds new entries, in the caller's transaction, which holds the write locks of all sources. Returns their number. */
export async function saveForgotten(client: Queryable, entries: readonly ForgottenEntry[]): Promise<number> {
  const column = (name: keyof ForgottenEntry) => entries.map((entry) => entry[name]);
  const { rowCount } = await client.query(
    `insert into sync.forgotten (source, account, salt, hash, forgotten_at)
     select source, account, salt, hash, now() from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as e(source, account, salt, hash)
     where not exists (select from sync.forgotten f where (f.salt, f.hash) = (e.salt, e.hash)
       and f.source is not distinct from e.source and f.account is not distinct from e.account)`,
    [column('source'), column('account'), column('salt'), column('hash')],
  );
  return rowCount ?? 0;
}

/** Returns the entries by which a person is recognized, hashed with the key of the existing entries. */
export function entriesOf({ entries }: Forgotten, keys: readonly PersonKey[]): ForgottenEntry[] {
  const salt = entries[0]?.salt ?? randomBytes(32).toString('hex');
  return keys.map(({ kind, value, source, account }) => ({
    source,
    account,
    salt,
    hash: hmacOf(salt, kind, value),
  }));
}

/**
 * Returns the form in which a value is compared: as Postgres' `lower` in the collation C, except for the merchant's own
 * ids.
 */
export const comparable = (kind: IdentityKind, value: string): string =>
  kind === 'external' ? value : value.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());

const hmacOf = (salt: string, kind: IdentityKind, value: string) =>
  createHmac('sha256', Buffer.from(salt, 'hex'))
    .update(`${kind}:${comparable(kind, value)}`)
    .digest('hex');

/** Returns the hashes that apply to an account, or to a source with all its accounts, by their key. */
export function hashesBySalt(
  { entries }: Forgotten,
  { name, account }: { name: string; account: string | null },
): Map<string, Set<string>> {
  const concerned = entries.filter(
    ({ source, account: of }) => (source ?? name) === name && (account === null || (of ?? account) === account),
  );
  return new Map(
    [...Map.groupBy(concerned, ({ salt }) => salt)].map(([salt, some]) => [
      salt,
      new Set(some.map(({ hash }) => hash)),
    ]),
  );
}

/** Number of values whose result is cached; the most frequent ones recur all the time. */
const MOST_CACHED = 10_000;

/** Returns a test for the people whom an account forgot; undefined if there are none. */
export function forgottenTest(
  forgotten: Forgotten,
  account: { name: string; account: string },
): ForgottenTest | undefined {
  const hashes = [...hashesBySalt(forgotten, account)];
  if (hashes.length === 0) return undefined;
  const known = new Map<string, boolean>();
  return (kind, value) => {
    const key = `${kind}:${value}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= MOST_CACHED) known.clear();
    const isForgotten = hashes.some(([salt, some]) => some.has(hmacOf(salt, kind, value)));
    known.set(key, isForgotten);
    return isForgotten;
  };
}
