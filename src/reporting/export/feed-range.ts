import type { ClientBase } from 'pg';
import { planOf } from '../../database/table-plan.ts';
import { entitiesWithin, type Entity } from '../../model/entity.ts';
import { ConfigError, FatalError, throwProblems } from '../../model/errors.ts';
import { mayRead, type ExportRelation } from './relations.ts';

/** The oldest and the newest end of a source's change feed. */
export interface FeedRange {
  /** The newest change that was pruned; 0 if none was. */
  minSeq: number;
  /** The newest change; 0 if there is none. */
  lastSeq: number;
}

/** The `seq` up to which a consumer has read: one for each source, or a single one for the only source. */
export type SinceSeq = number | Readonly<Record<string, number>>;

/** The column by which the changed rows of a table are found. */
export interface FeedKey {
  column: string;
  sqlType: string;
  /** The table as the feed names it; for a set, the table of its parents. */
  relation: string;
}

/** The names of the relations that are the feed itself: their rows are only added. */
const FEEDS = new Set(['analytics.changes', 'sync.changes']);

/** True for a relation whose changes since a `seq` can be exported. */
export const hasFeed = ({ name }: ExportRelation, keys: ReadonlyMap<string, FeedKey>): boolean =>
  keys.has(name) || FEEDS.has(name);

/** Returns the column by which the changed rows of each table are found, by the table's name. */
export function feedKeys(sources: ReadonlyMap<string, readonly Entity[]>): Map<string, FeedKey> {
  const keys = new Map<string, FeedKey>();
  for (const { table, relations } of new Set(
    [...sources.values()].flat().flatMap((entity) => [...entitiesWithin(entity)]),
  )) {
    const { name: relation } = planOf(table);
    const sets = Object.values(relations).flatMap((nested) => (nested.kind === 'set' ? [nested.into] : []));
    for (const plan of [table, ...sets].map(planOf)) {
      const key = plan.columns.find(({ name }) => name === plan.key[0]);
      if (key) keys.set(plan.name, { column: key.name, sqlType: key.sqlType, relation });
    }
  }
  return keys;
}

const FRESHNESS = '(select distinct source, min_seq, last_seq from analytics.freshness where last_seq is not null) f';

/** Returns the range of each source's feed; none if the role may read neither the feeds nor the views. */
export async function readFeedRanges(client: ClientBase, sources: readonly string[]): Promise<Map<string, FeedRange>> {
  const mayReadFeeds = await mayRead(client, 'sync', 'feeds');
  if (!mayReadFeeds && !(await mayRead(client, 'analytics', 'freshness'))) return new Map();
  const { rows } = await client.query<{ source: string; minSeq: string; lastSeq: string }>(
    `select source, min_seq as "minSeq", last_seq as "lastSeq" from ${mayReadFeeds ? 'sync.feeds' : FRESHNESS}`,
  );
  return new Map([
    ...sources.map((source): [string, FeedRange] => [source, { minSeq: 0, lastSeq: 0 }]),
    ...rows.map(({ source, minSeq, lastSeq }): [string, FeedRange] => [
      source,
      { minSeq: Number(minSeq), lastSeq: Number(lastSeq) },
    ]),
  ]);
}

const sourceOfTable = ({ relation }: FeedKey) => relation.split('.')[0] ?? '';

/** Relations to export since a `seq`, and the feeds of their changes. */
interface SinceRequest {
  since: SinceSeq;
  chosen: readonly ExportRelation[];
  keys: ReadonlyMap<string, FeedKey>;
  feeds: ReadonlyMap<string, FeedRange>;
}

/**
 * Returns the watermark of each source of the relations. Throws a ConfigError for relations without a feed, and for a source
 * without a watermark; a FatalError for a watermark that is older or newer than the feed.
 */
export function watermarksOf({ since, chosen, keys, feeds }: SinceRequest): Map<string, number> {
  requireFeeds(chosen, keys);
  const sources = new Set(
    chosen.flatMap(({ name }) => {
      const key = keys.get(name);
      return key ? [sourceOfTable(key)] : [...feeds.keys()].filter((source) => feeds.get(source)?.lastSeq !== 0);
    }),
  );
  if (typeof since === 'number' && sources.size > 1)
    throw new ConfigError(
      'CS6204',
      `--since-seq needs one seq per source: ${[...sources].map((source) => `${source}=${since}`).join(',')}`,
    );
  return new Map([...sources].map((source) => [source, watermarkOf(source, since, feeds.get(source))]));
}

function requireFeeds(chosen: readonly ExportRelation[], keys: ReadonlyMap<string, FeedKey>): void {
  const refused = Map.groupBy(
    chosen.filter((relation) => !hasFeed(relation, keys)),
    ({ kind }) => kind,
  );
  const problems = [...refused].map(([kind, relations]) => {
    const names = relations.map(({ name }) => name).join(', ');
    const message = `--since-seq cannot be used for ${names}: ${UNLISTED[kind]}; export all of it`;
    return { code: 'CS6203', message } as const;
  });
  throwProblems(problems);
}

const UNLISTED = {
  view: 'rows of views also change with the time and with other records',
  table: 'the change feed does not list each of its rows',
};

function watermarkOf(
  source: string,
  since: SinceSeq,
  { minSeq, lastSeq }: FeedRange = { minSeq: 0, lastSeq: 0 },
): number {
  const seq = typeof since === 'number' ? since : since[source];
  if (seq === undefined) throw new ConfigError('CS6204', `--since-seq has no seq of ${source}: add ${source}=…`);
  if (seq < minSeq)
    throw new FatalError(
      'CS6205',
      `changes of ${source} up to seq ${minSeq} are no longer kept (SYNC_KEEP_CHANGES_DAYS), and --since-seq is ${seq}: export without --since-seq`,
    );
  if (seq > lastSeq)
    throw new FatalError(
      'CS6206',
      `the newest change of ${source} has seq ${lastSeq}, and --since-seq is ${seq}: it belongs to another database, or to this one before it was restored; export without --since-seq`,
    );
  return seq;
}

/** The changed rows of a relation. */
export interface ChangedRows {
  /** SQL of the relation from which they are selected. */
  from: string;
  /** The ids whose rows they replace: an id without a row among them is gone. Undefined for rows that are only added. */
  ids?: FeedKey & { from: string };
}

/** Returns the rows of a relation that have changed since the watermarks. */
export function changedRows(
  { name, sqlName }: ExportRelation,
  keys: ReadonlyMap<string, FeedKey>,
  watermarks: ReadonlyMap<string, number>,
): ChangedRows {
  const key = keys.get(name);
  if (!key) return { from: `${sqlName} where ${past(watermarks)}` };
  const source = sourceOfTable(key);
  const changes = `sync.changes where ${past(new Map([[source, watermarks.get(source) ?? 0]]))} and relation = '${key.relation}'`;
  const ids = `(select distinct id::${key.sqlType} as "${key.column}" from ${changes}) changed`;
  return {
    from: `${sqlName} where "${key.column}" in (select "${key.column}" from ${ids})`,
    ids: { ...key, from: ids },
  };
}

/** SQL that is true for changes after the watermark of their source. */
const past = (watermarks: ReadonlyMap<string, number>) =>
  `(${[...watermarks].map(([source, seq]) => `(source = '${source}' and seq > ${seq})`).join(' or ') || 'false'})`;
