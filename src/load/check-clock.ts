import type { Client } from 'pg';
import { examine, skipped, type CheckResult } from '../model/check.ts';
import { FatalError } from '../model/errors.ts';
import type { Source } from '../model/source.ts';
import { CLOCK } from '../database/clock.ts';
import { countSkewed, tablesOf } from './skewed-rows.ts';

/** Names of the checks that {@link checkClock} runs. */
export const clockChecks = ['database.clock', 'database.observed_at'] as const;

/** Largest difference between the clocks that is not a problem. */
const MOST_LOCAL_SKEW_MS = 30_000;

/**
 * Checks the database's clock against this machine's, and that no row in the sources' tables was observed in the
 * future.
 */
export async function checkClock(
  client: Client,
  sources: readonly Source[],
  before: readonly CheckResult[],
): Promise<CheckResult[]> {
  const [clock, observed] = clockChecks;
  const broken = before.find(({ check, state }) => state === 'problem' && /\.(grants|migrations|tables)$/.test(check));
  return [
    await examine(clock, () => requireStep(client), "see the server's log"),
    broken
      ? skipped(observed, `see ${broken.check}`)
      : await examine(observed, () => requireNoSkewed(client, sources), 'try again while the database has less to do'),
  ];
}

async function requireStep(client: Client): Promise<string> {
  const askedAt = Date.now();
  const { rows } = await client.query<{ time: number }>(`select ${CLOCK} as time`);
  const time = (rows[0]?.time ?? 0) / 1000;
  const skew = askedAt > time ? askedAt - time : Math.min(0, Date.now() - time);
  const seconds = Math.round(Math.abs(skew) / 1000);
  const found = `this machine's clock is ${seconds} s ${skew < 0 ? 'behind' : 'ahead of'} the database's`;
  if (Math.abs(skew) <= MOST_LOCAL_SKEW_MS) return seconds === 0 ? 'no difference' : found;
  throw new FatalError(
    'CS2501',
    `${found}: synchronize both with NTP; rows, budgets and schedules follow the database's clock`,
  );
}

async function requireNoSkewed(client: Client, sources: readonly Source[]): Promise<string> {
  const entities = sources.flatMap(({ streams }) => streams.map(({ entity }) => entity));
  const counts = await countSkewed(client, new Set(entities.flatMap((entity) => [...tablesOf(entity)])));
  if (counts.size === 0) return 'no row is dated in the future';
  const found = [...counts].map(([table, count]) => `${count} in ${table}`).join(', ');
  throw new FatalError(
    'CS2502',
    `rows are dated in the future, by a clock that was ahead (${found}): run npx checkout-sync sync, which corrects them`,
  );
}
