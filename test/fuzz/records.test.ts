import { fc } from '../support/fast-check.ts';
import { beforeEach, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { commitRecords } from '../../src/load/commit.ts';
import type { Database } from '../../src/database/database.ts';
import { polarStreams } from '../../src/sources/polar/streams.ts';
import { freshDatabase } from '../support/database.ts';
import { at, empty } from '../support/records.ts';
import { baseRecords, STREAMS } from './bases.ts';
import { casesOf, parameters, sayCount, timeFor } from './cases.ts';
import { readColumns, type Column } from './columns.ts';
import { findProblems } from './checks.ts';
import { leaks } from './leaks.ts';
import { mutated, mutation, type Case, type Mutation } from './mutate.ts';

const A_BATCH = 50;
const CASES = casesOf({ usual: 400, slow: 6000, share: 0.7 });
const [OBSERVED_AT, LONGEST_MS] = [at(10), 30_000];

let bases: Record<string, string[]>;
beforeEach(async () => {
  bases = await baseRecords();
});

const { sources } = parseConfig({
  POLAR_ACCESS_TOKEN: 'x',
  FYNN_API_KEY: 'x',
  FYNN_API_URL: 'http://127.0.0.1:1',
  POLAR_STREAMS: Object.keys(polarStreams).join().replaceAll('polar.', ''),
});

test('mutated records are stored to the value, or rejected with their reason', timeFor(CASES), async () => {
  const db = await freshDatabase();
  const tables = await readColumns(db);
  let count = 0;
  const batches = fc.tuple(fc.constantFrom(...STREAMS), fc.array(mutation, { minLength: A_BATCH, maxLength: A_BATCH }));
  const property = fc.asyncProperty(batches, async ([stream, mutations]) => {
    count += mutations.length;
    await tryBatch(db, tables, stream, mutations);
  });
  await fc.assert(property, parameters(Math.ceil(CASES / A_BATCH)));
  sayCount('records', count);
});

async function tryBatch(
  db: Database,
  tables: ReadonlyMap<string, readonly Column[]>,
  stream: string,
  mutations: readonly Mutation[],
): Promise<void> {
  await empty(db);
  const cases = mutations.map((each, index) => mutated(bases[stream] ?? [], each, each.shares ? index : index + 1));
  const source = sources.find(({ name }) => stream.startsWith(name));
  const entity = source?.streams.find(({ name }) => name === stream)?.entity;
  if (!source || !entity) throw new Error(`no stream ${stream}`);
  const started = performance.now();
  const records = cases.map(({ record }) => record);
  const committed = await commitRecords(db, source, entity, { records, observedAt: OBSERVED_AT });
  const took = performance.now() - started;
  const problems = await findProblems({ db, tables, stream, cases, committed, observedAt: OBSERVED_AT });
  problems.push(...(await leaks(db)));
  if (took > LONGEST_MS) problems.push(`the batch took ${took} ms`);
  if (problems.length > 0) throw new Error(describe(stream, problems, cases));
}

/** The first problems, with the records that they name. */
function describe(stream: string, problems: readonly string[], cases: readonly Case[]): string {
  const shown = problems.slice(0, 12).map((problem) => problem.slice(0, 1000));
  const ids = new Set(shown.flatMap((problem) => problem.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []));
  const named = cases.filter(({ text }) => [...ids].some((id) => text.includes(id))).slice(0, 3);
  return [stream, ...shown, ...named.map(({ text }) => text.slice(0, 20_000))].join('\n');
}
