import type { Pool, PoolClient } from 'pg';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { compareColumns } from './columns.ts';
import { compareTable } from './compare.ts';
import { TABLE_NAMES } from './tables.ts';
import { witness, type Witness } from './witness.ts';

export { witness, type Witness } from './witness.ts';

/**
 * Compares an account's rows of every table of Polar's with the simulator's state, as it must be after a full walk of each stream that
 * nothing was edited during. Answers one line for each difference: table, id, column, expected and stored value.
 */
export async function differences(
  simulator: Pick<Simulator, 'polar'>,
  db: { pool: Pool },
  seen: Witness = witness(simulator),
  account = 'default',
): Promise<string[]> {
  seen.walked();
  const client = await db.pool.connect();
  try {
    const found = [...(await compareColumns(client)), ...(await leakedSecrets(client))];
    for (const name of TABLE_NAMES) found.push(...(await compareTable(client, name, seen.expectations[name], account)));
    return found;
  } finally {
    client.release();
  }
}

/** The secrets of links, sessions and payment intents are stored nowhere, not as a part of other text either. */
async function leakedSecrets(client: PoolClient): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('polar', 'fynn', 'sync', 'history') order by 1`,
  );
  const counts = tables.map(
    ({ name }) => `select '${name}' as name, count(*) from ${name} t where t::text like any ($1)`,
  );
  const patterns = ['%polar\\_c\\_%', '%polar\\_cl\\_%', '%pi\\_%\\_secret\\_%'];
  const { rows } = await client.query<{ name: string; count: string }>(counts.join(' union all '), [patterns]);
  return rows
    .filter(({ count }) => count !== '0')
    .map(({ name, count }) => `${name}: ${count} rows hold a client secret`);
}
