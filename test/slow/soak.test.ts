import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { freshDatabase } from '../support/database.ts';
import { unlikeFresh } from '../support/fresh.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { CORE_STREAMS } from '../support/source.ts';
import { backends, queueSettings, startServiceProcess, until } from '../support/service.ts';

/** Minutes for which the merchant sells; SOAK_MINUTES=10 for a longer test. */
const MINUTES = Number(process.env.SOAK_MINUTES ?? 1);

const WALKED_SINCE = `select count(*) > 0 from sync.runs where id > $1 and (stream, mode, outcome) = ('polar.checkouts', 'incremental', 'complete')`;

/** Sessions of the snapshot that are not stored in that state or a newer one. */
async function late({ polar }: Simulator, db: Database, snapshot: ReadonlyMap<string, string>): Promise<string[]> {
  const stored = new Map(
    (await rows(db, `select id, (extract(epoch from version_at) * 1000)::float8 as version from polar.checkouts`)).map(
      ({ id, version }) => [String(id), Number(version)],
    ),
  );
  return [...snapshot]
    .filter(([id, version]) => {
      const found = stored.get(id) ?? Number.NEGATIVE_INFINITY;
      return polar.checkouts.has(id) && found < Math.floor(Date.parse(version));
    })
    .map(([id, version]) => `${id} of ${version}`);
}

/** The version of every session. */
const versions = ({ polar }: Simulator) =>
  new Map([...polar.checkouts].map(([id, { modified_at, created_at }]) => [id, modified_at ?? created_at]));

describe.each(backends)('with the queue on %s', (backend) => {
  test(`${MINUTES} minutes of live traffic: never later than a walk, equal in the end, and Ctrl-C ends it cleanly`, async () => {
    const polar = await startPolar({ links: 50, checkouts: 3000, requestsPerMinute: 500 });
    const db = await freshDatabase();
    const service = await startServiceProcess({
      ...CORE_STREAMS, // no other stream asks for a scope that the token lacks
      DATABASE_URL: db.url,
      POLAR_ACCESS_TOKEN: polar.token,
      POLAR_API_URL: polar.url,
      ...(await queueSettings(backend)),
    });
    await until(
      'the sessions are stored',
      async () => Number(await value(db, 'select count(*)::int from polar.checkouts')) >= 3000,
    );
    polar.live({ perSecond: 5 });
    for (let minute = 0; minute < MINUTES; minute++) {
      const snapshot = versions(polar);
      const last = await value(db, 'select max(id) from sync.runs');
      await until('a walk that began since is complete', async () => Boolean(await value(db, WALKED_SINCE, [last])));
      expect(await late(polar, db, snapshot)).toEqual([]);
    }
    expect(polar.requests.filter(({ status }) => status !== 200 && status !== 404)).toEqual([]);
    expect(await value(db, `select count(*)::int from sync.runs where outcome <> 'complete'`)).toBe(0);
    service.kill('SIGINT');
    expect(await service.ended).toBe(0);
    polar.live(null);
    for (const stream of ['polar.checkout_links', 'polar.checkouts'] as const)
      expect(await syncing(polar, db).sync(stream)).toMatchObject({ outcome: 'complete' });
    expect(await unlikeFresh(polar, db)).toEqual([]);
  });
});
