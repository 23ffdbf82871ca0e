import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type pg from 'pg';

/** The most records per page of the recorded sources. */
export const PAGE_LIMIT = 10;

/** Placeholders for the addresses of the sources in the recorded tables. */
export const PLACES = { polar: 'http://polar.recorded', fynn: 'http://fynn.recorded' };

/** A record as it stands on a page. */
export interface RecordedRecord {
  id: string;
  [key: string]: unknown;
}

/** A database as an older version left it, and what its sources showed then. */
export interface OlderDatabase {
  /** The last migration of that version. */
  migration: string;
  /** The credentials of the sources. */
  settings: Record<string, string>;
  /** The records of each path, as they stand on pages. */
  records: Record<'/v1/checkout-links/' | '/v1/checkouts/' | '/price-plans' | '/checkout-links', RecordedRecord[]>;
  /** The rows of each table, as the text of a JSON array. */
  tables: Record<string, string>;
}

/** Reads the recording of this name. */
export function readOlderDatabase(migration: string): OlderDatabase {
  return JSON.parse(gunzipSync(readFileSync(new URL(`${migration}.json.gz`, import.meta.url))).toString('utf8'));
}

/** Recorded text with the addresses at which its sources are now. */
export const placed = (text: string, { polar, fynn }: typeof PLACES): string =>
  text.replaceAll(PLACES.polar, polar).replaceAll(PLACES.fynn, fynn);

/** Fills the tables of a database that has the recording's migrations; `urls` are where its sources are now. */
export async function fillOlderDatabase(
  client: pg.Client,
  { tables }: OlderDatabase,
  urls: typeof PLACES,
): Promise<void> {
  await client.query('begin; set local session_replication_role = replica');
  for (const [name, text] of Object.entries(tables)) {
    const { rows } = await client.query<{ columns: string }>(
      `select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
      [name],
    );
    const columns = rows[0]?.columns ?? '';
    await client.query(
      `insert into ${name} (${columns}) overriding system value select ${columns} from json_populate_recordset(null::${name}, $1)`,
      [placed(text, urls)],
    );
  }
  await client.query(`select setval('sync.runs_id_seq', (select max(id) from sync.runs)); commit`);
}
