import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { onTestFinished } from 'vitest';

/** A DuckDB in memory, which reads files that we wrote without any code of ours. */
export interface DuckDb {
  /** The rows of a query; each value as text, null, or true and false. */
  rows: (sql: string) => Promise<Record<string, unknown>[]>;
}

/** Opens a DuckDB; closed after the test. */
export async function openDuckDb(): Promise<DuckDb> {
  const instance = await DuckDBInstance.create();
  const connection: DuckDBConnection = await instance.connect();
  onTestFinished(() => {
    connection.closeSync();
    instance.closeSync();
  });
  await connection.run(`set timezone = 'UTC'`);
  return {
    rows: async (sql) => {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJson();
    },
  };
}
