import { getTableConfig } from 'drizzle-orm/pg-core';
import type { Pool } from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { budgets } from './tables.ts';

/** Counts requests in `sync.budgets`, for all processes on this database together. */
export function limiterIn(
  pool: Pool,
  source: string,
  slices: { points: number; duration: number },
): RateLimiterPostgres {
  const { name, schema } = getTableConfig(budgets);
  return new RateLimiterPostgres({
    ...slices,
    storeClient: pool,
    tableName: name,
    schemaName: schema ?? '',
    tableCreated: true,
    keyPrefix: source,
    clearExpiredByTimeout: false,
  });
}
