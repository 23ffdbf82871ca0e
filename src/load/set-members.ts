import type { Relation } from '../model/entity.ts';
import { quote } from '../database/identifiers.ts';
import { planOf } from '../database/table-plan.ts';

/** Returns SQL of a set's members as one array, either those in `from` or the stored ones. */
export function membersSql(relation: Relation | undefined, from: string | undefined, parentId: string): string {
  if (relation?.kind !== 'set') throw new Error('only a set has members');
  const { key, sqlName } = planOf(relation.into);
  const [parent, child] = [quote(key[0] ?? ''), quote(key[1] ?? '')];
  return `(select coalesce(jsonb_agg(to_jsonb(m) - '{${key[0]},account}'::text[] order by m.${child}), '[]') from ${from ?? sqlName} m where m.${parent} = ${parentId})`;
}
