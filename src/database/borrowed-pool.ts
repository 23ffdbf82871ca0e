import type { Pool, PoolClient, QueryConfig } from 'pg';
import { ownParsers } from './parsers.ts';

/** Timeout and query function of a borrowed pool. */
export interface BorrowLimits {
  queryTimeoutMs: number;
  /** Replaces the pool's own `query`. */
  query: (statement: string | QueryConfig, values?: unknown[]) => Promise<unknown>;
}

/**
 * Returns the user's pool as we use it: its sessions time our statements out, and prepare none under a name. The pool
 * itself, and its other users, are not affected.
 */
export function borrowPool(lender: Pool, { queryTimeoutMs, query }: BorrowLimits): Pool {
  const connect = async () => borrowClient(await lender.connect(), queryTimeoutMs);
  return withMethods(lender, { query, connect });
}

/** Returns a session of the user's pool; its loss while we have it fails only its statements. */
function borrowClient(client: PoolClient, queryTimeoutMs: number): PoolClient {
  const onLoss = () => undefined; // the statements of a lost session fail by themselves
  client.on('error', onLoss);
  let last: Promise<unknown> = Promise.resolve();
  const query = (statement: string | QueryConfig, values?: unknown[]) => {
    const config = typeof statement === 'string' ? { text: statement, ...(values && { values }) } : statement;
    const limited = { ...config, name: undefined, types: ownParsers, query_timeout: queryTimeoutMs };
    const sent = last.then(() => client.query(limited)); // one at a time, because pools rarely pipeline
    last = sent.catch(() => undefined);
    return sent;
  };
  const release = (broken?: Error | boolean) => {
    client.off('error', onLoss);
    client.release(broken);
  };
  return withMethods(client, { query, release });
}

/** Returns an object with some methods replaced; all others still work on the original. */
function withMethods<T extends object>(original: T, methods: Readonly<Record<string, unknown>>): T {
  return new Proxy(original, {
    get: (target, key) => {
      if (typeof key === 'string' && key in methods) return methods[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
