import type { ClientBase } from 'pg';
import { isAhead, notAhead } from '../database/clock.ts';
import { suppressed } from '../database/refusals.ts';
import type { TablePlan } from '../database/table-plan.ts';
import type { Condition } from '../ledger/sightings.ts';
import { feedInsert, provenanceAt, provenanceValues, type Provenance } from './changes.ts';

/**
 * Gives a stored record its tombstone, as observed, where the rule on its row `t` holds; the rule sees the moment as `o.at`
 * and numbers its parameters from 3. Returns how many rows were marked. The caller holds the source's write lock.
 */
export async function markDeleted(
  client: Pick<ClientBase, 'query'>,
  plan: TablePlan,
  { id, observedAt, by }: { id: string; observedAt: string; by: Provenance },
  rule: Condition,
): Promise<number> {
  const moment = `(select ${notAhead('$2::timestamptz')} as at) o`;
  const where = `t.id = $1 and t.deleted_at is null${rule.sql}`;
  const values = [id, observedAt, ...rule.values];
  const { name, sqlName } = plan;
  const observed = `case when ${isAhead('t.observed_at')} then o.at else greatest(t.observed_at, o.at) end`;
  const { rows } = await client.query<{ marked: number }>(
    `with marked as (
       update ${sqlName} t set deleted_at = o.at, observed_at = ${observed} from ${moment} where ${where}
       returning t.id, t.version_at, t.observed_at
     ), feed as (${feedInsert([{ plan, from: 'marked', op: "'t'" }], provenanceAt(values.length + 1))})
     select count(*)::int as marked from marked`,
    [...values, ...provenanceValues(by)],
  );
  if (rows[0]?.marked === 1) return 1;
  const left = await client.query(`select from ${sqlName} t, ${moment} where ${where}`, values);
  if (left.rowCount === 1) throw suppressed(name, 1, 1);
  return 0;
}
