import type { ClientBase } from 'pg';
import { isAhead, notAhead } from '../database/clock.ts';
import { suppressed } from '../database/refusals.ts';
import { planOf } from '../database/table-plan.ts';
import type { Entity } from '../model/entity.ts';
import type { Condition } from '../ledger/sightings.ts';
import { feedInsert, provenanceAt, provenanceValues, type Provenance } from './changes.ts';
import { historyEntry, keptOf } from './history.ts';

/**
 * Marks a stored record as deleted, as observed, if the rule on its row `t` holds. The rule sees the moment as `o.at`
 * and numbers its parameters from 3. Returns the number of rows marked. The caller holds the source's write lock.
 */
export async function markDeleted(
  client: Pick<ClientBase, 'query'>,
  entity: Entity,
  { id, observedAt, provenance }: { id: string; observedAt: string; provenance: Provenance },
  rule: Condition,
): Promise<number> {
  const moment = `(select ${notAhead('$2::timestamptz')} as at) o`;
  const where = `t.id = $1 and t.deleted_at is null${rule.sql}`;
  const values = [id, observedAt, ...rule.values];
  const plan = planOf(entity.table);
  const { name, sqlName } = plan;
  const by = provenanceAt(values.length + 1);
  const isState = entity.history?.states === undefined; // a deletion changes no column of a state
  const observed = `case when ${isAhead('t.observed_at')} then o.at else greatest(t.observed_at, o.at) end`;
  const { rows } = await client.query<{ marked: number }>(
    `with marked as (
       update ${sqlName} t set deleted_at = o.at, observed_at = ${observed} from ${moment} where ${where}
       returning t.id, t.version_at, t.observed_at${keptOf(entity, 't')}
     ), feed as (${feedInsert([{ plan, from: 'marked', op: "'t'" }], by)})${isState ? historyEntry('states', { entity, from: 'marked w', isDated: 'false', isExact: 'false' }, by) : ''}
     select count(*)::int as marked from marked`,
    [...values, ...provenanceValues(provenance)],
  );
  if (rows[0]?.marked === 1) return 1;
  const left = await client.query(`select from ${sqlName} t, ${moment} where ${where}`, values);
  if (left.rowCount === 1) throw suppressed(name, 1, 1);
  return 0;
}
