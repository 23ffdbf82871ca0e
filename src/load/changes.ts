import type { TablePlan } from '../database/table-plan.ts';

/** The way a state reached us; `tombstone` is a 404 at the end of a full walk. */
type Via = 'walk' | 'webhook' | 'pull' | 'tombstone' | 'command';

/** The account whose rows are written, and the occasion: a part of each entry in the change feed. */
export interface Provenance {
  account: string;
  via: Via;
  /** The run that writes; null outside of walks. */
  runId: number | null;
}

/** Fields of a provenance as placeholders in a statement. */
export type ProvenanceSql = Record<keyof Provenance, string>;

/** Rows that a statement writes. */
export interface WrittenRows {
  plan: TablePlan;
  /** Source of the rows: a common table expression with `id`, `version_at` and `observed_at`. */
  from: string;
  /** SQL of the operation (see `sync.changes`). */
  op: string;
}

/** Returns the values of a provenance, in the order of {@link provenanceAt}. */
export const provenanceValues = ({ account, via, runId }: Provenance) => [account, via, runId];

/** Returns the placeholders of a provenance, numbered from `first`. */
export const provenanceAt = (first: number): ProvenanceSql => ({
  account: `$${first}::text`,
  via: `$${first + 1}::text`,
  runId: `$${first + 2}::bigint`,
});

/**
 * Returns SQL that enters rows into the change feed, for a common table expression of the statement that writes them.
 * The caller holds the source's write lock, which keeps the feed in commit order.
 */
export function feedInsert(rows: readonly WrittenRows[], { account, via, runId }: ProvenanceSql): string {
  const selects = rows.map(
    ({ plan: { name }, from, op }) =>
      `select '${name.split('.')[0]}', '${name}', id::text, ${op}, version_at, observed_at, ${account}, ${via}, ${runId} from ${from}`,
  );
  return `insert into sync.changes (source, relation, id, op, version_at, observed_at, account, via, run_id)
  ${selects.join('\n  union all ')}`;
}
