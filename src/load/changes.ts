import type { TablePlan } from '../database/table-plan.ts';

/** The way in which a state reached us; `tombstone` is a 404 at the end of a full walk. */
type Via = 'walk' | 'webhook' | 'pull' | 'tombstone' | 'command';

/** Whose rows are written, and on which occasion: a part of each entry of the change feed. */
export interface Provenance {
  account: string;
  via: Via;
  /** The run that writes; null outside of walks. */
  runId: number | null;
}

/** The fields of a provenance as placeholders of a statement. */
export type ProvenanceSql = Record<keyof Provenance, string>;

/** Rows that a statement writes. */
export interface WrittenRows {
  plan: TablePlan;
  /** What they are read from: a common table expression with `id`, `version_at` and `observed_at`. */
  from: string;
  /** SQL of the operation: see `sync.changes`. */
  op: string;
}

/** The values of a provenance, in the order of {@link provenanceAt}. */
export const provenanceValues = ({ account, via, runId }: Provenance) => [account, via, runId];

/** The placeholders of a provenance whose values are numbered from `first`. */
export const provenanceAt = (first: number): ProvenanceSql => ({
  account: `$${first}::text`,
  via: `$${first + 1}::text`,
  runId: `$${first + 2}::bigint`,
});

/**
 * Returns SQL that enters rows into the change feed, for a common table expression of the statement that writes them. The
 * caller holds the source's write lock, so that the feed is in the order of the commits.
 */
export function feedInsert(rows: readonly WrittenRows[], { account, via, runId }: ProvenanceSql): string {
  const selects = rows.map(
    ({ plan: { name }, from, op }) =>
      `select '${name.split('.')[0]}', '${name}', id::text, ${op}, version_at, observed_at, ${account}, ${via}, ${runId} from ${from}`,
  );
  return `insert into sync.changes (source, relation, id, op, version_at, observed_at, account, via, run_id)
  ${selects.join('\n  union all ')}`;
}
