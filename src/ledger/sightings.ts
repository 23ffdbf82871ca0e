import type { Pool } from 'pg';
import { addressOf, type Source } from '../model/source.ts';
import type { Stream } from '../model/stream.ts';
import { withRetry } from '../database/retry.ts';
import type { Rows } from '../normalize/rows.ts';

/**
 * Stored records of a stream that a source would show to its credential if it still had them: those of these owners or,
 * if records name no owner, those that these credentials were shown at this address and nobody at the others. Only for
 * them does a 404 prove a deletion.
 */
export type Reach = { owners: readonly string[] } | RecordReach;

interface RecordReach {
  kind: string;
  address: string;
  credentials: readonly string[];
  others: readonly string[];
}

/** A condition on rows `t`, with the values of its parameters. */
export interface Condition {
  sql: string;
  values: readonly unknown[];
}

const SIGHTING_ATTEMPTS = 6;

const kindOf = ({ name }: Source, { ownerColumn, ...stream }: Stream) =>
  ownerColumn === null ? stream.name : `${name}.${ownerColumn}`;

/** Remembers what a source shows, and the owners that it has shown since this was created. */
export interface Sightings {
  note: (rows: Rows) => Promise<void>;
  owners: ReadonlySet<string>;
}

/** Stores permanently what the source's credential is shown. Known sightings cause no write. */
export function sightingsOf(pool: Pool, source: Source): Sightings {
  const owners = new Set<string>();
  return {
    owners,
    async note(rows) {
      for (const stream of [...source.streams, ...source.lookupOnly]) {
        const shown = shownIn(rows, stream).filter((id) => !owners.has(id));
        if (shown.length > 0) await saveSightings(pool, source, kindOf(source, stream), shown);
        addAll(owners, stream.ownerColumn === null ? [] : shown);
      }
    },
  };
}

function addAll(set: Set<string>, values: readonly string[]): void {
  for (const value of values) set.add(value);
}

/** Returns the distinct owners of a stream's rows; the rows' ids if the stream has no owner column. */
function shownIn(rows: Rows, { entity, ownerColumn }: Stream): string[] {
  const batch = rows.get(entity.table);
  if (!batch) return [];
  const at = batch.plan.index.get(ownerColumn ?? 'id') ?? -1;
  const cells = [...batch.first.values()].map((row) => row.cells[at]);
  return [...new Set(cells.filter((cell) => typeof cell === 'string'))];
}

async function saveSightings(pool: Pool, source: Source, kind: string, ids: readonly string[]): Promise<void> {
  await withRetry(SIGHTING_ATTEMPTS, () =>
    pool.query(
      `insert into sync.sightings (kind, id, account, address, credential, first_seen_at)
       select $1, id, $5, $3, $4, now() from unnest($2::text[]) as id order by id on conflict do nothing`,
      [kind, ids, addressOf(source), source.credential, source.account],
    ),
  );
}

/** Returns the owners that the source's credential was ever shown. */
export async function shownOwners(pool: Pool, source: Source, stream: Stream): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    'select id from sync.sightings where kind = $1 and address = $2 and credential = $3 and account = $4 order by id',
    [kindOf(source, stream), addressOf(source), source.credential, source.account],
  );
  return rows.map(({ id }) => id);
}

/**
 * Returns the records that the source's credential was ever shown, if records name no owner. Another credential that
 * was shown one of the same records at the same address reads the same list. Its records count as well, which lets a
 * new key inherit them.
 */
export async function shownRecords(pool: Pool, source: Source, stream: Stream): Promise<RecordReach> {
  const address = addressOf(source);
  const kinds = [...source.streams, ...source.lookupOnly].map((one) => kindOf(source, one));
  const { rows } = await pool.query<{ credential: string }>(
    `select distinct other.credential from sync.sightings mine join sync.sightings other using (kind, id, account, address)
     where kind = any($1) and address = $2 and mine.credential = $3 and account = $4`,
    [kinds, address, source.credential, source.account],
  );
  const credentials = [source.credential, ...rows.map(({ credential }) => credential)];
  const others = await otherAddresses(pool, source, stream);
  return { kind: kindOf(source, stream), address, credentials: [...new Set(credentials)], others };
}

/**
 * Time after the last walk of another address during which the ownership of a record that both have shown is unknown.
 */
const DISPUTED = '7 days';

/** Returns other addresses that show records of the stream. */
async function otherAddresses(pool: Pool, source: Source, stream: Stream): Promise<string[]> {
  const { rows } = await pool.query<{ address: string }>(
    `select distinct s.address from sync.sightings s where s.kind = $1 and s.address <> $2 and exists (
       select from sync.runs r where r.stream = any($3) and r.records > 0
         and r.started_at > now() - interval '${DISPUTED}' and split_part(r.list, ' ', 1) = s.address)`,
    [kindOf(source, stream), addressOf(source), source.streams.map(({ name }) => name)],
  );
  return rows.map(({ address }) => address);
}

/** Returns the condition on rows within reach; parameters are numbered from `first`. */
export function withinReach({ ownerColumn }: Stream, reach: Reach, first: number): Condition {
  if ('owners' in reach) return { sql: ` and t."${ownerColumn}"::text = any($${first})`, values: [reach.owners] };
  const { sql, values } = shownTo(reach, first);
  const elsewhere = `exists (select from sync.sightings s where s.kind = $${first} and s.id = t.id::text and s.address = any($${first + values.length}))`;
  return { sql: ` and ${sql} and not ${elsewhere}`, values: [...values, reach.others] };
}

/** Returns the condition on rows that were shown within reach, or that nobody is known to have been shown. */
export function worthAsking(reach: Reach, first: number): Condition {
  if ('owners' in reach) return { sql: '', values: [] };
  const { sql, values } = shownTo(reach, first);
  const unknown = `not exists (select from sync.sightings s where s.kind = $${first} and s.id = t.id::text)`;
  return { sql: ` and (${sql} or ${unknown})`, values };
}

const shownTo = (reach: RecordReach, first: number): Condition => ({
  sql: `exists (select from sync.sightings s where s.kind = $${first} and s.id = t.id::text and s.address = $${first + 1} and s.credential = any($${first + 2}))`,
  values: [reach.kind, reach.address, reach.credentials],
});

/** Returns the number of records within reach that another address shows as well. */
export async function countDisputed(pool: Pool, { kind, address, credentials, others }: RecordReach): Promise<number> {
  if (others.length === 0) return 0;
  const { rows } = await pool.query<{ disputed: number }>(
    `select count(distinct mine.id)::int as disputed from sync.sightings mine join sync.sightings other using (kind, id)
     where kind = $1 and mine.address = $2 and mine.credential = any($3) and other.address = any($4)`,
    [kind, address, credentials, others],
  );
  return rows[0]?.disputed ?? 0;
}
