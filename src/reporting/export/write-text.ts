import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { quote } from '../../database/identifiers.ts';
import type { ExportColumn } from './relations.ts';

/** The formats that Postgres itself writes. */
export type TextFormat = 'csv' | 'jsonl';

/** A text file to write, and the rows for it. */
interface TextFile {
  path: string;
  columns: readonly ExportColumn[];
  /** SQL of the relation from which the columns are selected. */
  from: string;
}

const selectList = (columns: readonly ExportColumn[], convert: (column: ExportColumn) => string) =>
  columns.map((column) => `${convert(column)} as ${quote(column.name)}`).join(', ');

// Postgres' own texts of booleans and arrays, t and {a,b}, are read by few others.
const csvValue = ({ name, type }: ExportColumn) => {
  if (type === 'boolean') return `${quote(name)}::text`;
  return type.endsWith('[]') ? `to_json(${quote(name)})` : quote(name);
};

// A column of type json may have line breaks.
const jsonValue = ({ name, type }: ExportColumn) => (type === 'json' ? `${quote(name)}::jsonb` : quote(name));

const copyStatements: Readonly<Record<TextFormat, (file: Omit<TextFile, 'path'>) => string>> = {
  csv: ({ columns, from }) =>
    `copy (select ${selectList(columns, csvValue)} from ${from}) to stdout (format csv, header, encoding 'UTF8')`,
  // As CSV with delimiters that JSON never has, nothing is escaped or quoted.
  jsonl: ({ columns, from }) =>
    `copy (select row_to_json(row) from (select ${selectList(columns, jsonValue)} from ${from}) row) to stdout (format csv, quote e'\\x01', delimiter e'\\x02', encoding 'UTF8')`,
};

/** Lets Postgres write rows into a file, as fast as the file takes them. Reports the bytes so far. Returns the number of rows. */
export async function writeText(
  client: Client,
  format: TextFormat,
  { path, ...file }: TextFile,
  onBytes: (bytes: number) => void,
): Promise<number> {
  const copy = client.query(copyTo(copyStatements[format](file)));
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes((bytes += chunk.length));
      done(null, chunk);
    },
  });
  await pipeline(copy, meter, createWriteStream(path));
  return copy.rowCount;
}
