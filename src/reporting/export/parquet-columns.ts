import type { SchemaElement } from 'hyparquet-writer';
import { FatalError } from '../../model/errors.ts';
import { quote } from '../../database/identifiers.ts';
import type { ExportColumn } from './relations.ts';

/** The way of a column from Postgres into a Parquet file. */
export interface ParquetColumn {
  name: string;
  /** The type in the file, for people. */
  parquetType: string;
  /** SQL of its value; the text that Postgres sends is {@link parse}d. */
  sql: string;
  schema: SchemaElement[];
  parse: (text: string) => unknown;
  /** The type that the file declares if its values are written as another one; least and greatest values are left out then. */
  declared?: SchemaElement[];
}

type Build = (name: string, sql: string) => ParquetColumn;

const optional = (name: string, parts: Omit<SchemaElement, 'name' | 'repetition_type'>): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', ...parts },
];

const integers: Build = (name, sql) => ({
  name,
  parquetType: 'INT64',
  sql,
  schema: optional(name, { type: 'INT64' }),
  parse: BigInt,
});

const booleans: Build = (name, sql) => ({
  name,
  parquetType: 'BOOLEAN',
  sql,
  schema: optional(name, { type: 'BOOLEAN' }),
  parse: (text) => text === 't',
});

const doubles: Build = (name, sql) => ({
  name,
  parquetType: 'DOUBLE',
  sql,
  schema: optional(name, { type: 'DOUBLE' }),
  parse: Number,
});

/** SQL of a number of days or microseconds; the value's own text if it has none: infinity. */
const finite = (sql: string, number: string) =>
  `case when isfinite(${sql}) then (${number})::text else ${sql}::text end`;

/** Reads such a number. */
const finiteValue = (name: string, type: string, text: string) =>
  /^-?\d+$/.test(text) ? BigInt(text) : refuseValue(name, text, type);

const dates: Build = (name, sql) => ({
  name,
  parquetType: 'DATE',
  sql: finite(sql, `${sql} - date '1970-01-01'`),
  schema: optional(name, { type: 'INT32', converted_type: 'DATE' }),
  parse: (text) => Number(finiteValue(name, 'DATE', text)),
});

// As a Date, a moment would lose its microseconds.
const moments: Build = (name, sql) => ({
  name,
  parquetType: 'TIMESTAMP(MICROS, UTC)',
  sql: finite(sql, `(extract(epoch from ${sql}) * 1000000)::bigint`),
  schema: optional(name, {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  }),
  parse: (text) => finiteValue(name, 'TIMESTAMP', text),
});

const texts: Build = (name, sql) => ({
  name,
  parquetType: 'STRING',
  sql,
  schema: optional(name, { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }),
  parse: String,
});

// As JSON from the beginning, the library would parse and write it again, and round long numbers.
const jsonTexts: Build = (name, sql) => ({
  ...texts(name, sql),
  parquetType: 'JSON',
  declared: optional(name, { type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } }),
});

const textLists: Build = (name, sql) => ({
  name,
  parquetType: 'LIST<STRING>',
  sql: `to_json(${sql})`,
  schema: [
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...texts('element', '').schema,
  ],
  parse: JSON.parse,
});

/** Most digits of a decimal that fits 64 bits. */
const LONGEST_INTEGER = 18;

/** Digits of a decimal in all, and after the point. */
const decimals =
  (precision: number, scale: number): Build =>
  (name, sql) => ({
    name,
    parquetType: `DECIMAL(${precision}, ${scale})`,
    sql,
    schema: optional(name, {
      ...(precision <= LONGEST_INTEGER ? { type: 'INT64' } : { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16 }),
      converted_type: 'DECIMAL',
      precision,
      scale,
    }),
    parse: (text) => unscaled(text, precision, scale) ?? refuseValue(name, text, `DECIMAL(${precision}, ${scale})`),
  });

/** A decimal as a whole number of its last digit; undefined where digits would be lost. */
function unscaled(text: string, precision: number, scale: number): bigint | undefined {
  const {
    sign = '',
    whole,
    fraction = '',
  } = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d+))?$/.exec(text)?.groups ?? {};
  const kept = fraction.replace(/0+$/, '');
  const digits = `${whole}${kept.padEnd(scale, '0')}`.replace(/^0+(?=\d)/, '');
  if (whole === undefined || kept.length > scale || digits.length > precision) return undefined;
  return BigInt(`${sign}${digits}`);
}

function refuseValue(column: string, value: string, type: string): never {
  throw new FatalError('CS6207', `${column} holds ${value}, which ${type} cannot hold: export it as csv or jsonl`);
}

const columnBuilders: Readonly<Record<string, Build>> = {
  bigint: integers,
  integer: integers,
  smallint: integers,
  boolean: booleans,
  'double precision': doubles,
  real: doubles,
  date: dates,
  'timestamp with time zone': moments,
  json: jsonTexts,
  jsonb: jsonTexts,
  'text[]': textLists,
};

// Our views declare no precision where they multiply or divide: none of these has more than four digits after the point.
const COMPUTED = /(?:^|_)(?:money|conversion|rate|idle)$/;

function builderFor({ name, type }: ExportColumn, isView: boolean): Build {
  const [, precision, scale] = /^numeric\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (precision !== undefined && Number(precision) <= 38) return decimals(Number(precision), Number(scale));
  if (type === 'numeric' && isView && COMPUTED.test(name)) return decimals(LONGEST_INTEGER, 4);
  return columnBuilders[type] ?? ((column, sql) => texts(column, `${sql}::text`));
}

/** Returns how a column of a view or table is written into Parquet. Types that Parquet does not have become text. */
export const parquetColumn = (column: ExportColumn, isView: boolean): ParquetColumn =>
  builderFor(column, isView)(column.name, quote(column.name));
