import type pg from 'pg';
import { countRows, session, tablesOf } from './cluster.ts';
import { walPosition } from './measure.ts';

/** The cost of writing rows by bare `COPY`. */
export interface CopyCost {
  rows: number;
  durationMs: number;
  walBytes: number;
}

/** The limit: the rows of our tables copied from files of the server into empty tables, without keys and with them. */
export async function copyLimit(url: string): Promise<{ bare: CopyCost; keyed: CopyCost }> {
  const tables = await tablesOf(url, 'polar');
  const rows = await countRows(url, tables);
  return session(url, async (client) => {
    const copies = await dump(client, tables);
    const bare = await copyAll(client, copies, 'bare', 'including generated including defaults');
    const keyed = await copyAll(client, copies, 'keyed', 'including all');
    return { bare: { rows, ...bare }, keyed: { rows, ...keyed } };
  });
}

/** A table's rows in a file of the server. */
interface Copy {
  table: string;
  columns: string;
  file: string;
}

/** Writes the rows of each table into a file in the server's data directory. */
async function dump(client: pg.Client, tables: readonly string[]): Promise<Copy[]> {
  const { rows } = await client.query<{ directory: string }>(`select current_setting('data_directory') as directory`);
  const copies: Copy[] = [];
  for (const table of tables) {
    const file = `${rows[0]?.directory}/bench-${copies.length}.copy`;
    const columns = await columnsOf(client, table);
    await client.query(`copy ${table} (${columns}) to '${file}'`);
    copies.push({ table, columns, file });
  }
  return copies;
}

/** The columns that are stored as they are given: all but generated ones. */
async function columnsOf(client: pg.Client, table: string): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  return rows[0]?.columns ?? '';
}

async function copyAll(
  client: pg.Client,
  copies: readonly Copy[],
  schema: string,
  like: string,
): Promise<Omit<CopyCost, 'rows'>> {
  const into = ({ table }: Copy) => table.replace(/^\w+/, schema);
  await client.query(`create schema ${schema}`);
  for (const copy of copies) await client.query(`create table ${into(copy)} (like ${copy.table} ${like})`);
  const wal = await walPosition(client);
  const started = performance.now();
  for (const copy of copies) await client.query(`copy ${into(copy)} (${copy.columns}) from '${copy.file}'`);
  const durationMs = performance.now() - started;
  return { durationMs, walBytes: (await walPosition(client)) - wal };
}
