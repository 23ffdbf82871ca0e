import { fc } from '../support/fast-check.ts';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { Database } from '../../src/database/database.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { empty, value } from '../support/records.ts';
import { casesOf, parameters, sayCount, timeFor } from './cases.ts';
import { leaks } from './leaks.ts';
import { MARKER, mutated, mutation, type Mutation } from './mutate.ts';

const A_WALK = 40;
const CASES = casesOf({ usual: 120, slow: 2000, share: 0.04 });

test('a walk over broken records ends complete, with each record stored or rejected', timeFor(CASES), async () => {
  const db = await freshDatabase();
  // Several pages of sessions, one of links.
  const polar = await startPolar({ links: 40, checkouts: 260 });
  let count = 0;
  const walks = fc.tuple(
    fc.constantFrom('polar.checkouts', 'polar.checkout_links'),
    fc.array(mutation, { minLength: A_WALK, maxLength: A_WALK }),
    fc.nat(),
  );
  const property = fc.asyncProperty(walks, async ([stream, mutations, start]) => {
    count += mutations.length;
    await empty(db);
    await walk(db, polar, stream, mutations, start);
  });
  await fc.assert(property, parameters(Math.ceil(CASES / A_WALK)));
  sayCount('walked records', count);
});

type Stream = 'polar.checkouts' | 'polar.checkout_links';

async function walk(db: Database, polar: Simulator, stream: Stream, mutations: readonly Mutation[], start: number) {
  const all = [...(stream === 'polar.checkouts' ? polar.polar.checkouts : polar.polar.links).keys()];
  const ids = mutations.map((_, index) => all[(start + index * 7) % all.length] ?? '');
  for (const [index, id] of ids.entries()) {
    const each = mutations[index];
    if (each) polar.polar.tamper(id, (json) => broken(json, each, index));
  }
  let log = '';
  const logger = pino({ level: 'trace' }, { write: (line: string) => void (log += line) });
  try {
    const run = await syncing(polar, db, { log: logger }).sync(stream);
    expect(run).toMatchObject({ outcome: 'complete' });
    const stored = await value(db, `select count(*)::int from ${stream}`);
    expect(Number(stored) + run.rejected).toBeGreaterThanOrEqual(all.length - A_WALK);
    expect(log).not.toContain(MARKER);
    expect(await leaks(db)).toEqual([]);
  } finally {
    for (const id of ids) polar.polar.tamper(id, null);
  }
}

/** The record as the mutation makes it; one that the simulator could not write stays whole. */
function broken(json: Record<string, unknown>, each: Mutation, serial: number): unknown {
  const secret = String(json.client_secret);
  const text = JSON.stringify(json).replaceAll(secret, `polar_c_${MARKER}`);
  const { record } = mutated([text], each, serial);
  try {
    JSON.stringify(record);
    return record;
  } catch {
    return json;
  }
}
