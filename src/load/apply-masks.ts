import type { Pool } from 'pg';
import { quote } from '../database/identifiers.ts';
import { planOf, type TablePlan } from '../database/table-plan.ts';
import { entitiesWithin, type Entity } from '../model/entity.ts';
import type { PrivacySettings } from '../model/privacy.ts';
import { masksOf } from '../normalize/masks.ts';
import { maskRejections } from './mask-rejections.ts';
import { maskStored, type StoredTarget } from './mask-stored.ts';

/** What is masked: the records of all sources, and by which settings. */
export interface MaskPlan {
  /** The entities of the streams of each source, by its name. */
  sources: ReadonlyMap<string, readonly Entity[]>;
  privacy: PrivacySettings;
}

/** Rows by `schema.table`; tables without any are missing. */
export type MaskedCounts = ReadonlyMap<string, number>;

const REJECTIONS = 'sync.rejected_records';

/** Masks what is stored as it would be masked now when it comes from the source. Returns how many rows were changed. */
export async function applyMasks(
  pool: Pool,
  { sources, privacy }: MaskPlan,
  signal: AbortSignal,
): Promise<MaskedCounts> {
  const masks = masksOf(privacy);
  const counts = new Map<string, number>();
  if (masks.isIdle) return counts;
  const add = (table: string, count: number) => count > 0 && counts.set(table, (counts.get(table) ?? 0) + count);
  for (const [source, roots] of sources) {
    const entities = [...new Set(roots.flatMap((root) => [...entitiesWithin(root)]))];
    add(REJECTIONS, await maskRejections(pool, { source, entities }, () => masks));
    for (const target of entities.flatMap((entity) => storedTarget(entity, privacy)))
      add(target.plan.name, await maskStored(pool, target, () => masks, { signal }));
  }
  return counts;
}

/** The table of an entity, unless nothing of it can be hidden. */
function storedTarget(entity: Entity, privacy: PrivacySettings): StoredTarget[] {
  const plan = planOf(entity.table);
  const mayConcern = holdsPrivate(plan, privacy);
  return mayConcern === undefined ? [] : [{ plan, entity, mayConcern, values: [] }];
}

/** SQL that holds for rows `t` that may hold private values; undefined where the table has no private column. */
function holdsPrivate({ name: table, columns }: TablePlan, { privateColumns }: PrivacySettings): string | undefined {
  const hidden = columns.filter(({ name }) => privateColumns.has(`${table}.${name}`));
  if (hidden.length === 0) return undefined;
  return [...hidden.map(({ name }) => `t.${quote(name)} is not null`), `t.extra <> '{}'`].join(' or ');
}
