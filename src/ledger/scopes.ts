import type { Pool } from 'pg';
import type { AccountRef, Source } from '../model/source.ts';
import { labelOf, refOf, type Stream, type StreamRef } from '../model/stream.ts';

const RECORD = `
insert into sync.accounts as a (source, account, identity, missing_scopes, scopes_asked_at, first_seen_at, last_seen_at)
values ($1, $2, '{}', $3, case when $5 then now() end, now(), now())
on conflict (source, account) do update set scopes_asked_at = coalesce(excluded.scopes_asked_at, a.scopes_asked_at),
  missing_scopes = array(select distinct one from unnest(a.missing_scopes || excluded.missing_scopes) as one where one <> all($4) order by one)
where $5 or not a.missing_scopes @> excluded.missing_scopes`;

/** Records that a walk was refused for a missing scope. */
export async function recordMissing(pool: Pool, { source, account }: AccountRef, scope: string): Promise<void> {
  await pool.query(RECORD, [source, account, [scope], [], false]);
}

/** Records that a walk was not refused. Writes only if the scope was missing before. */
export async function recordGranted(pool: Pool, { source, account }: AccountRef, scope: string): Promise<void> {
  await pool.query(
    `update sync.accounts set missing_scopes = array_remove(missing_scopes, $3)
     where source = $1 and account = $2 and $3 = any(missing_scopes)`,
    [source, account, scope],
  );
}

/** Scopes that were checked for a credential: those it has, and those it lacks. */
export interface AskedScopes {
  granted: readonly string[];
  missing: readonly string[];
}

/** Records the result and time of a scope check; what is known of other scopes stays. */
export async function recordAsked(
  pool: Pool,
  { source, account }: AccountRef,
  { granted, missing }: AskedScopes,
): Promise<void> {
  await pool.query(RECORD, [source, account, missing, granted, true]);
}

/** A scope that a stream's credential is known to lack; an optional stream is left out because of it. */
export interface MissingScope {
  scope: string;
  isLeftOut: boolean;
}

/** Missing scopes by {@link labelOf} their streams. */
export type MissingScopes = ReadonlyMap<string, MissingScope>;

/** Returns the state of a stream, with the scope that it lacks, if any. */
export function withMissingScope<T extends StreamRef>(status: T, missing: MissingScopes) {
  const missingScope = missing.get(labelOf(status));
  return { ...status, ...(missingScope && { missingScope }) };
}

/** Returns the streams of these sources whose scope is known to be missing. */
export async function missingScopes(pool: Pool, sources: readonly Source[]): Promise<MissingScopes> {
  const { rows } = await pool.query<{ source: string; account: string; missing: string[] }>(
    `select source, account, missing_scopes as missing from sync.accounts where missing_scopes <> '{}'`,
  );
  const found = sources.flatMap(({ name, account, streams }) => {
    const missing = rows.find((row) => row.source === name && row.account === account)?.missing ?? [];
    return streams.filter(({ permission }) => missing.includes(permission)).map(missingEntry);
  });
  return new Map(found);
}

const missingEntry = (stream: Stream): [string, MissingScope] => [
  labelOf(refOf(stream)),
  { scope: stream.permission, isLeftOut: stream.isOptional },
];
