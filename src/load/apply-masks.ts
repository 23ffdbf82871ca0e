import type { Pool } from 'pg';
import { planOf } from '../database/table-plan.ts';
import type { Forgotten } from '../ledger/forgotten.ts';
import { entitiesWithin, type Entity } from '../model/entity.ts';
import { masksOf } from '../normalize/masks.ts';
import type { PrivacySettings } from '../model/privacy.ts';
import { maskRejections } from './mask-rejections.ts';
import { maskStored, type MaskOptions, type StoredTarget } from './mask-stored.ts';
import { masksFor } from './masks.ts';
import { mayConcern, type Hidden } from './may-concern.ts';

/** Records of all sources to mask, and the data to hide in them. */
export interface MaskPlan {
  /** Entities of the streams of each source, by the source's name. */
  sources: ReadonlyMap<string, readonly Entity[]>;
  privacy: PrivacySettings;
  forgotten: Forgotten;
  /** Creation date up to which settled records have already been emptied; null if none have. */
  emptiedUntil: string | null;
}

/** Number of rows by `schema.table`; tables without any are missing. */
export type MaskedCounts = Map<string, number>;

/** Adds to a table's count. */
export function addCount(counts: MaskedCounts, table: string, count: number): void {
  if (count > 0) counts.set(table, (counts.get(table) ?? 0) + count);
}

/**
 * Masks stored data as it would be masked if it came from the source now. Safe to call again after a kill. Returns the
 * number of rows changed; with `looksOnly`, the number that would change.
 */
export async function applyMasks(
  pool: Pool,
  { sources, ...hidden }: MaskPlan,
  options: MaskOptions,
): Promise<MaskedCounts> {
  const counts: MaskedCounts = new Map();
  const { privacy, forgotten } = hidden;
  if (masksOf(privacy, { isForgotten: undefined, cutoff: forgotten.cutoff }).isIdle && forgotten.entries.length === 0)
    return counts;
  for (const [name, roots] of sources) {
    const masks = (account: string) => masksFor({ name, account, privacy }, forgotten);
    const entities = [...new Set(roots.flatMap((root) => [...entitiesWithin(root)]))];
    const rejections = await maskRejections(pool, { source: name, entities }, masks, options);
    addCount(counts, 'sync.rejected_records', rejections);
    for (const target of entities.flatMap((entity) => storedTargets(entity, hidden)))
      addCount(counts, target.table, await maskStored(pool, target, masks, options));
  }
  return counts;
}

/** Returns an entity's tables of rows and of states in which something can be hidden. States are masked as rows are. */
function storedTargets(entity: Entity, hidden: Hidden): (StoredTarget & { table: string })[] {
  const plan = planOf(entity.table);
  const { history } = entity;
  const rows = { table: plan.name, entity, plan, isHistory: false };
  const states = history?.states === undefined && history ? planOf(history.table) : undefined;
  const all = states
    ? [rows, { table: states.name, entity, plan: { ...states, name: plan.name }, isHistory: true }]
    : [rows];
  return all.flatMap((target) => {
    const condition = mayConcern(target, hidden);
    return condition ? [{ ...target, condition }] : [];
  });
}
