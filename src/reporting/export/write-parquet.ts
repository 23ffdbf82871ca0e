import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { Client, CustomTypesConfig } from 'pg';
import type { ParquetColumn } from './parquet-columns.ts';

/** Rows that are fetched together. */
const ROWS_PER_FETCH = 500;

/** A row group ends with the batch that reaches one of these: it is in memory until then. */
const LARGEST_GROUP = { rows: 20_000, characters: 4_000_000 };

const asText: CustomTypesConfig = { getTypeParser: () => (text: unknown) => text };

/** Values of a row group, by column. */
interface RowGroup {
  values: unknown[][];
  rows: number;
  characters: number;
}

const emptyGroup = (columns: readonly ParquetColumn[]): RowGroup => ({
  values: columns.map(() => []),
  rows: 0,
  characters: 0,
});

/** A Parquet file to write, and the rows for it. */
interface ParquetFile {
  path: string;
  columns: readonly ParquetColumn[];
  /** SQL of the relation from which the columns are selected. */
  from: string;
  /** The program that writes. */
  createdBy: string;
}

/**
 * Writes rows into a Parquet file, by a cursor: no more than a row group is in memory, and the next rows are fetched when it is
 * written. Reports the bytes written so far. Returns the number of rows.
 */
export async function writeParquet(
  client: Client,
  { path, columns, from, createdBy }: ParquetFile,
  onBytes: (bytes: number) => void,
): Promise<number> {
  const root = { name: 'root', num_children: columns.length };
  const schema = [root, ...columns.flatMap((column) => column.schema)];
  const file = fileWriter(path);
  const writer = new ParquetWriter({ writer: file, schema, createdBy });
  let group = emptyGroup(columns);
  let written = 0;
  const flush = async () => {
    await writer.write({ columnData: columnData(columns, group), rowGroupSize: group.rows });
    written += group.rows;
    onBytes(file.offset);
    group = emptyGroup(columns);
  };
  for await (const rows of fetchRows(client, `select ${columns.map(({ sql }) => sql).join(', ')} from ${from}`)) {
    addRows(group, columns, rows);
    if (group.rows >= LARGEST_GROUP.rows || group.characters >= LARGEST_GROUP.characters) await flush();
  }
  if (group.rows > 0) await flush();
  writer.schema = [root, ...columns.flatMap((column) => column.declared ?? column.schema)];
  await writer.finish();
  return written;
}

type TextRow = (string | null)[];

async function* fetchRows(client: Client, query: string): AsyncGenerator<TextRow[]> {
  // Otherwise Postgres would plan for the first tenth of the rows.
  await client.query(`set local cursor_tuple_fraction = 1; declare exported no scroll cursor for ${query}`);
  const fetch = { text: `fetch ${ROWS_PER_FETCH} from exported`, rowMode: 'array' as const, types: asText };
  for (;;) {
    const { rows } = await client.query<TextRow>(fetch);
    yield rows;
    if (rows.length < ROWS_PER_FETCH) break;
  }
  await client.query('close exported');
}

function addRows(group: RowGroup, columns: readonly ParquetColumn[], rows: readonly TextRow[]): void {
  for (const [at, { parse }] of columns.entries()) {
    const values = group.values[at] ?? [];
    for (const { [at]: text } of rows) {
      values.push(text === null || text === undefined ? undefined : parse(text));
      group.characters += text?.length ?? 0;
    }
  }
  group.rows += rows.length;
}

const columnData = (columns: readonly ParquetColumn[], { values }: RowGroup) =>
  columns.map(({ name, declared }, at) => ({ name, data: values[at] ?? [], statistics: declared === undefined }));
