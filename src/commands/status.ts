import { ConfigError } from '../errors.ts';
import { statusOf, type StreamStatus } from '../load/status.ts';
import { streamEntities } from '../sources/index.ts';
import { nothing, withContext } from './context.ts';
import { count, duration } from './text.ts';

/** The command `status`: the state of every stream, whether its source is turned on or not. Reads the database only. */
export function statusCommand(): Promise<StreamStatus[]> {
  return withContext(nothing, async ({ db }) => {
    const migrated = await db.pool.query(`select to_regclass('sync.runs') is not null as ready`);
    if (!migrated.rows[0]?.ready)
      throw new ConfigError('the database has no tables of checkout-sync yet: run checkout-sync migrate, or sync');
    return Promise.all(Object.entries(streamEntities).map(([stream, entity]) => statusOf(db.pool, stream, entity)));
  });
}

/** The status of each stream for people. */
export function describeStatus(streams: readonly StreamStatus[]): string[] {
  return streams.flatMap((status) => [
    status.stream,
    ...details(status).map(([name, value]) => `  ${name.padEnd(14)}${value}`),
  ]);
}

function details({
  lastComplete,
  freshnessMs,
  rows,
  deleted,
  rejected,
  walk,
  lastError,
}: StreamStatus): [string, string][] {
  const fresh =
    lastComplete && freshnessMs !== null
      ? `${lastComplete.finishedAt} (${lastComplete.mode}, ${count(lastComplete.records)} records)`
      : 'never';
  return [
    ['last complete', fresh],
    ['freshness', freshnessMs === null ? 'unknown' : `${duration(freshnessMs)} old`],
    ['rows', `${count(rows)}, ${count(deleted)} more deleted at the source, ${count(rejected)} records rejected`],
    ...(walk ? [['walk', describeWalk(walk)] as [string, string]] : []),
    ...(lastError ? [['last error', `${lastError.at}: ${lastError.message}`] as [string, string]] : []),
  ];
}

function describeWalk({
  mode,
  startedAt,
  isRunning,
  pages,
  records,
  total,
  etaMs,
}: NonNullable<StreamStatus['walk']>): string {
  const share = total === null ? '' : ` of ${count(total)}`;
  const eta = etaMs === null ? '' : `, ${duration(etaMs)} left`;
  const progress = `${mode} since ${startedAt}, ${count(pages)} pages`;
  return isRunning
    ? `${progress}, ${count(records)}${share} records${eta}`
    : `${progress}; interrupted, the next run goes on`;
}
