import { fynnDifferences } from '../oracle/fynn.ts';
import { differences } from '../oracle/oracle.ts';
import { feedDifferences, type Consumer } from '../support/feed.ts';
import { makePool } from '../support/pool.ts';
import { walkQuietly, type Environment } from './environment.ts';
import { TOMBSTONES, VIOLATIONS } from './invariants.ts';
import { shopDifferences } from './shop.ts';
import type { Traffic } from './traffic.ts';

/** Returns what of the invariants does not hold at this moment. */
export async function violations(
  { postgres, workers, accounts }: Environment,
  { merchants, shop }: Traffic,
): Promise<string[]> {
  const found = await postgres.query<{ what: string }>(VIOLATIONS);
  const tombstones = await postgres.query<{ table: string; id: string }>(TOMBSTONES);
  const isDeleted = (id: string) =>
    [...Object.values(merchants), shop].some(({ deleted }) => deleted.has(id)) ||
    (accounts['fynn/default'].fynn.links.get(id)?.deletedAt ?? null) !== null;
  return [
    ...found.map(({ what }) => what),
    ...tombstones
      .filter(({ id }) => !isDeleted(id))
      .map(({ table, id }) => `a tombstone for what was never deleted: ${table} ${id}`),
    ...workers.failures,
  ];
}

const FYNN = ['fynn.checkout_links', 'fynn.price_plans'];

/** Walks once without faults, and compares every table of each account with its own oracle. */
export async function compareWithOracles(environment: Environment, traffic: Traffic): Promise<void> {
  const { accounts, postgres } = environment;
  const failed = [
    ...(await walkQuietly(environment)),
    // Pages that an interrupted walk had stored are not read again.
    ...(await walkQuietly(environment, FYNN)),
    ...(await walkQuietly(environment, ['--account', 'shop'])),
  ];
  const pool = makePool({ connectionString: postgres.url() });
  const { 'polar/default': main, 'polar/acme': acme } = traffic.merchants;
  const mismatches = [
    ...(await differences(accounts['polar/default'], { pool }, main.seen)),
    ...(await differences(accounts['polar/acme'], { pool }, acme.seen, 'acme')),
    ...(await shopDifferences(accounts['polar/shop'], { postgres, shop: traffic.shop })),
    ...(await fynnDifferences(accounts['fynn/default'], { pool })),
  ];
  await pool.end();
  const found = [...failed, ...mismatches, ...(await violations(environment, traffic))];
  if (found.length > 0) throw new Error(found.slice(0, 12).join('\n'));
}

/** Reads the rest of the feed, and compares it with what triggers saw, and what the consumer made of it with the tables. */
export async function compareWithFeed({ postgres }: Environment, consumer: Consumer): Promise<void> {
  await consumer.drain(postgres.url());
  const found = await postgres.query<{ what: string }>(feedDifferences(false));
  const seqs = await postgres.query<{ seq: number }>(
    `select seq::int from sync.changes where source = 'polar' order by seq`,
  );
  const isInOrder = seqs.map(({ seq }) => seq).join() === consumer.delivered.join();
  const pool = makePool({ connectionString: postgres.url() });
  const hashes = Object.entries(await consumer.compare(pool)).filter(([, { copy, table }]) => copy !== table);
  await pool.end();
  const problems = [
    ...found.map(({ what }) => what),
    ...(isInOrder ? [] : ['the consumer of the feed did not get every change once and in order']),
    ...hashes.map(([table]) => `the copy that was made from the feed is not as ${table}`),
  ];
  if (problems.length > 0) throw new Error(problems.slice(0, 12).join('\n'));
}
