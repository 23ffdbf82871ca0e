import { expect, test } from 'vitest';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import type { Run } from '../../src/sync/sync.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { editEverything } from '../oracle/edits.ts';
import { differences, witness } from '../oracle/oracle.ts';

const LINKS = 2000;
const SESSIONS = 50_000;

/** Returns the existing records by stream. */
const present = ({ links, checkouts }: Polar) => ({
  'polar.checkout_links': new Set(
    [...links.values()].filter((link) => link.deleted_at === null).map((link) => link.id),
  ),
  'polar.checkouts': new Set(checkouts.keys()),
});

/** The kinds that the data must have for the test to mean what it says. */
const KINDS = {
  'product_prices amount_type': ['custom', 'fixed', 'metered_tiers', 'metered_unit', 'seat_based', 'unit_based'],
  'product_prices source': ['ad_hoc', 'catalog'],
  'product_prices is_archived': ['false', 'true'],
  'product_prices legacy': ['true'],
  'discounts type': ['fixed', 'percentage'],
  'discounts duration': ['forever', 'once', 'repeating'],
  'custom_fields type': ['checkbox', 'date', 'number', 'select', 'text'],
  'benefits type': [
    'custom',
    'discord',
    'downloadables',
    'feature_flag',
    'github_repository',
    'license_keys',
    'meter_credit',
    'slack_shared_channel',
  ],
  'products is_archived': ['false', 'true'],
  'products is_recurring': ['false', 'true'],
  'checkouts status': ['confirmed', 'expired', 'open', 'succeeded'],
};

test('fifty thousand sessions and two thousand links are stored as they are, and again after hundreds of edits of every kind', async () => {
  const simulator = await startPolar({ links: LINKS, checkouts: SESSIONS });
  const db = await freshDatabase();
  const syncer = syncing(simulator, db);
  const seen = witness(simulator);
  const walkBoth = async (): Promise<Run[]> => [
    await syncer.sync('polar.checkout_links'),
    await syncer.sync('polar.checkouts'),
  ];

  const first = await walkBoth();
  expect(first).toMatchObject([
    { outcome: 'complete', records: LINKS, inserted: LINKS, tombstoned: 0, rejected: 0 },
    { outcome: 'complete', records: SESSIONS, inserted: SESSIONS, tombstoned: 0, rejected: 0 },
  ]);
  for (const run of first) expect(run.requests).toBeLessThanOrEqual(Math.ceil(run.records / 100) + 2);
  for (const [place, kinds] of Object.entries(KINDS)) {
    const [table, column] = place.split(' ');
    const { rows } = await db.pool.query<{ kind: string }>(
      `select distinct ${column}::text as kind from polar.${table} where ${column} is not null order by 1`,
    );
    expect([place, ...rows.map(({ kind }) => kind)]).toEqual([place, ...kinds]);
  }
  expect((await differences(simulator, db, seen)).slice(0, 20)).toEqual([]);

  const before = present(simulator.polar);
  const edits = editEverything(simulator.polar);
  expect(edits).toBeGreaterThan(300);
  const after = present(simulator.polar);
  const second = await walkBoth();
  for (const run of second) {
    const stream = run.stream === 'polar.checkouts' ? 'polar.checkouts' : 'polar.checkout_links';
    const deleted = before[stream].difference(after[stream]).size;
    expect(deleted).toBeGreaterThan(0);
    expect(run).toMatchObject({
      outcome: 'complete',
      tombstoned: deleted,
      inserted: after[stream].difference(before[stream]).size,
    });
    expect(run.requests - deleted).toBeLessThanOrEqual(Math.ceil(after[stream].size / 100) + 2);
  }
  expect((await differences(simulator, db, seen)).slice(0, 20)).toEqual([]);
});
