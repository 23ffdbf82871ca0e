import { fc } from '../support/fast-check.ts';
import { expect, test } from 'vitest';
import type { FynnSimulatorOptions } from '../../src/simulator/fynn-simulator.ts';
import { freshDatabase } from '../support/database.ts';
import { applyFynn, FYNN_KINDS, type FynnEdit } from '../oracle/fynn-kinds.ts';
import { fynnDifferences } from '../oracle/fynn.ts';
import { startFynn, syncingFynn } from '../support/fynn.ts';
import { playMoments, type RequestMoment } from '../support/moments.ts';
import { empty } from '../support/records.ts';

const RUNS = Number(process.env.FC_RUNS ?? (process.env.npm_lifecycle_event === 'test:faults' ? 200 : 25));

interface Moment extends RequestMoment {
  edits: FynnEdit[];
}

interface Walk {
  stream: 'fynn.checkout_links' | 'fynn.price_plans';
  moments: Moment[];
  /** The request at which the process is told to stop, if at any. */
  stopsAt: number | null;
}

interface Program {
  options: FynnSimulatorOptions;
  pageSize: number;
  walks: Walk[];
}

const edits: fc.Arbitrary<FynnEdit> = fc.record({
  kind: fc.constantFrom(...FYNN_KINDS),
  place: fc.nat(30),
  other: fc.nat(30),
});

const walks: fc.Arbitrary<Walk> = fc.record({
  stream: fc.constantFrom('fynn.checkout_links', 'fynn.price_plans'),
  moments: fc.array(
    fc.record({
      request: fc.nat(25),
      hook: fc.constantFrom('intercept', 'afterRead'),
      edits: fc.array(edits, { minLength: 1, maxLength: 4 }),
    }),
    { maxLength: 6 },
  ),
  stopsAt: fc.option(fc.nat(20), { freq: 4 }),
});

const programs: fc.Arbitrary<Program> = fc.record({
  options: fc.record({
    seed: fc.nat(1_000_000),
    links: fc.nat(12),
    prices: fc.integer({ min: 4, max: 30 }),
    hasLinkList: fc.boolean(),
    itemIds: fc.boolean(),
  }),
  pageSize: fc.constantFrom(2, 5, 10, 100),
  walks: fc.array(walks, { minLength: 1, maxLength: 4 }),
});

test(
  'whatever is edited between requests, no link gets a tombstone without a 404, and after a quiet walk the tables equal the source',
  { timeout: 60_000 + 10_000 * RUNS },
  async () => {
    const db = await freshDatabase();
    const property = fc.asyncProperty(programs, async ({ options, pageSize, walks: performed }) => {
      await empty(db);
      const simulator = await startFynn(options);
      const { fynn } = simulator;
      const { sync, syncAll } = syncingFynn(simulator, db, { pageSize });
      let isOpen = false;
      const play = (moment: Moment) => moment.edits.forEach((edit) => applyFynn(fynn, edit));
      for (const walk of performed) {
        const stop = new AbortController();
        const left = playMoments(simulator, walk, stop, play);
        const { outcome } = await sync(walk.stream, stop.signal);
        isOpen ||= outcome === 'failed';
        simulator.intercept(null);
        simulator.afterRead(null);
        const { rows: tombstoned } = await db.pool.query<{ id: string }>(
          'select id from fynn.checkout_links where deleted_at is not null',
        );
        for (const { id } of tombstoned) expect(fynn.links.get(id)?.deletedAt, `tombstone of ${id}`).not.toBeNull();
        for (const moment of left) play(moment);
      }
      if (isOpen) await syncAll(); // a walk that goes on from stored pages does not read them again: the next one does
      for (const run of await syncAll()) expect(run).toMatchObject({ outcome: 'complete', rejected: 0 });
      expect(await fynnDifferences(simulator, db)).toEqual([]);
      await simulator.close();
    });
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
  },
);
