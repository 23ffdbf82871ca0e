import pg from 'pg';

/**
 * Makes a pool that survives the loss of its idle connections. Its `end` resolves before they are closed: the server may
 * still end them, as it does when their database is dropped.
 */
export function makePool(options: pg.PoolConfig): pg.Pool {
  return new pg.Pool(options).on('error', () => undefined);
}
