import pg, { type CustomTypesConfig } from 'pg';

const FORMAT = 'text';
const [BOOL, INT2, INT4, FLOAT4, FLOAT8] = [16, 21, 23, 700, 701];
const [JSON_TEXT, JSONB] = [114, 3802];
const [INT8, NUMERIC, DATE, TIMESTAMP, TIMESTAMPTZ] = [20, 1700, 1082, 1114, 1184];

const unchanged = (text: string) => text;

const parsers = new Map<number, (text: string) => unknown>([
  [BOOL, (text) => text === 't'],
  ...[INT2, INT4, FLOAT4, FLOAT8].map((type) => [type, Number] as const),
  ...[JSON_TEXT, JSONB].map((type) => [type, (text: string): unknown => JSON.parse(text)] as const),
  ...[INT8, NUMERIC, DATE, TIMESTAMP, TIMESTAMPTZ].map((type) => [type, unchanged] as const),
]);

/**
 * Our own parsers of results, because an application that embeds us may have set others for the process or its pool.
 */
export const ownParsers: CustomTypesConfig = {
  getTypeParser: (type: number, format: string = FORMAT) =>
    (format === FORMAT ? parsers.get(type) : undefined) ?? pg.types.getTypeParser(type, FORMAT),
};
