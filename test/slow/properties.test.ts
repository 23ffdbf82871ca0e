import { fc } from '../support/fast-check.ts';
import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import type { Run } from '../../src/sync/sync.ts';
import { freshDatabase } from '../support/database.ts';
import { playMoments } from '../support/moments.ts';
import { syncing, type Syncing } from '../support/polar.ts';
import { apply, shiftOf } from '../oracle/kinds.ts';
import { programs, type Moment, type Program, type ProgramWalk } from '../oracle/programs.ts';
import type { StreamName } from '../oracle/rows.ts';
import { differences, witness, type Witness } from '../oracle/oracle.ts';

const RUNS = Number(process.env.FC_RUNS ?? (process.env.npm_lifecycle_event === 'test:faults' ? 120 : 30));
/** True if a failing program is shrunk, which takes minutes. */
const SHRINKS = process.env.FC_SHRINK !== undefined;
/** Number of programs that run concurrently: while one waits for Postgres, the others compute. */
const SHARDS = SHRINKS ? 1 : 3;

const TABLE = { 'polar.checkout_links': 'checkout_links', 'polar.checkouts': 'checkouts' } as const;
const STREAMS = ['polar.checkout_links', 'polar.checkouts'] as const;

/** A walk that is not complete yet. */
interface OpenWalk {
  /** Records that have been listed ever since it began. */
  throughout: Set<string>;
  /** Ways in which edits have moved the records of its list. */
  moves: Set<string>;
}

/** Context of a running program. */
interface Environment {
  simulator: Simulator;
  db: Database;
  program: Program;
  syncer: Syncing;
  seen: Witness;
  open: Map<StreamName, OpenWalk>;
  /** True if an incremental walk was stopped: pages from before later edits will be part of it. */
  isIncrementStopped: boolean;
}

const PROMISE =
  'whatever moves between requests, a complete walk stores all that was listed throughout, and a quiet one equals the source';

test(PROMISE, { timeout: 120_000 + 10_000 * RUNS }, async () => {
  const shards = await Promise.allSettled(Array.from({ length: SHARDS }, (_, shard) => check(shard)));
  for (const shard of shards) if (shard.status === 'rejected') throw shard.reason;
});

/** Runs a part of the programs on a database of their own. */
async function check(shard: number): Promise<void> {
  const db = await freshDatabase();
  const property = fc.asyncProperty(programs, async (program) => {
    await empty(db);
    await perform(db, program);
  });
  const { seed } = fc.readConfigureGlobal();
  const seeded = seed === undefined ? {} : { seed: seed + shard };
  await fc.assert(property, { numRuns: Math.ceil(RUNS / SHARDS), endOnFailure: !SHRINKS, ...seeded });
}

async function perform(db: Database, program: Program): Promise<void> {
  const { seed, links, checkouts, shuffleTies, pageSize, concurrency } = program;
  const simulator = await startSimulator({ seed, links, checkouts, shuffleTies, requestsPerMinute: null });
  try {
    const syncer = syncing(simulator, db, { pageSize, concurrency });
    const environment: Environment = {
      simulator,
      db,
      program,
      syncer,
      seen: witness(simulator),
      open: new Map(),
      isIncrementStopped: false,
    };
    environment.seen.glance();
    for (const walk of program.walks) await performWalk(environment, walk);
    await endQuietly(environment);
  } finally {
    await simulator.close();
  }
}

/** Empties every table, as a new database takes longer. */
async function empty({ pool }: Database): Promise<void> {
  const { rows } = await pool.query<{ statements: string }>(
    `select string_agg(format('delete from %I.%I', schemaname, tablename), '; ') as statements from pg_tables
     where schemaname in ('polar', 'sync', 'history') and tablename not in ('migrations', 'histories')`,
  );
  await pool.query(`begin; set local session_replication_role = replica; ${rows[0]?.statements}; commit`);
}

/** Ids that a stream lists now. */
function listed({ polar }: Simulator, stream: StreamName): Set<string> {
  if (stream === 'polar.checkouts') return new Set(polar.checkouts.keys());
  return new Set([...polar.links.values()].filter((link) => link.deleted_at === null).map((link) => link.id));
}

async function performWalk(environment: Environment, walk: ProgramWalk): Promise<void> {
  const { simulator, syncer, open } = environment;
  const { stream, mode } = walk;
  const isResumed = open.has(stream);
  if (!isResumed) open.set(stream, { throughout: listed(simulator, stream), moves: new Set() });
  const stop = new AbortController();
  // What is expected of an incremental walk is that of the whole look-back, which the first one makes.
  await environment.db.pool.query('update sync.runs set lookback_ms = null');
  const left = playMoments(simulator, walk, stop, (moment) => play(environment, moment));
  const run = await syncer.sync(stream, mode, stop.signal);
  simulator.intercept(null);
  simulator.afterRead(null);
  await checkRun(environment, stream, run, stop.signal.aborted);
  if (run.mode === 'incremental') {
    if (left.size === walk.moments.length && !environment.isIncrementStopped) await expectRecent(environment, run);
    environment.isIncrementStopped = run.outcome === 'failed';
    if (!isResumed) open.delete(stream);
  }
  for (const moment of left) play(environment, moment);
}

/**
 * Makes a moment's edits. A deletion and an insertion among older records that happen during one walk can cancel each
 * other out, so that nobody who asks for pages can tell them from stillness: of two such edits the second is left out.
 */
function play({ simulator, program, seen, open }: Environment, { edits }: Moment): void {
  for (const edit of edits) {
    const shift = shiftOf(edit.kind);
    const moves = shift && open.get(shift.stream)?.moves;
    if (moves?.has(shift?.way === 'shrinks' ? 'grows within' : 'shrinks')) continue;
    if (shift) moves?.add(shift.way);
    apply(simulator.polar, edit, program.pageSize);
  }
  seen.glance();
  for (const [stream, walk] of open) walk.throughout = walk.throughout.intersection(listed(simulator, stream));
}

/** Pages of one to three records have boundaries that no window of so few reaches across: there, and only there, a walk may give up. */
const UNREADABLE = /changes faster than it can be read|too many records of the same created_at|it cannot be walked/;

async function checkRun(environment: Environment, stream: StreamName, run: Run, isStopped: boolean): Promise<void> {
  const { db, program, open } = environment;
  if (run.outcome === 'complete') {
    if (run.mode === 'full') await expectStored(environment, stream, open.get(stream)?.throughout ?? new Set());
  } else if (isStopped) return;
  else if (program.pageSize > 3 || !UNREADABLE.test(run.error ?? '')) throw new Error(`the run failed: ${run.error}`);
  else await db.pool.query('delete from sync.checkpoints where stream = $1 and mode = $2', [stream, run.mode]);
  if (run.mode === 'full') open.delete(stream);
}

async function expectStored({ db }: Environment, stream: StreamName, ids: ReadonlySet<string>): Promise<void> {
  const { rows } = await db.pool.query<{ id: string }>(
    `select id from polar.${TABLE[stream]} where deleted_at is null`,
  );
  const stored = new Set(rows.map(({ id }) => id));
  const missed = [...ids].filter((id) => !stored.has(id));
  if (missed.length > 0) throw new Error(`${stream}: listed throughout the walk and not stored: ${missed.join(', ')}`);
}

const DAY_MS = 86_400_000;

/** After an incremental walk that nothing was edited during, what is young or unsettled is stored as it is. */
async function expectRecent({ simulator, db }: Environment, { outcome }: Run): Promise<void> {
  if (outcome === 'failed') return;
  const { rows } = await db.pool.query<{ id: string; state: string }>(
    `select id, concat_ws(' ', status, amount, modified_at at time zone 'UTC') as state from polar.checkouts`,
  );
  const stored = new Map(rows.map(({ id, state }) => [id, state]));
  for (const { id, status, amount, created_at, modified_at } of simulator.polar.checkouts.values()) {
    const isSettled = status !== 'open' && status !== 'confirmed';
    if (isSettled && Date.parse(created_at) < Date.now() - DAY_MS) continue;
    const [seconds = '', fraction = ''] = modified_at?.replace('Z', '').replace('T', ' ').split('.') ?? [];
    const at = `${seconds}.${fraction}`.replace(/\.?0*$/, '');
    expect(`${id} ${stored.get(id)}`).toBe(`${id} ${status} ${amount} ${at}`.trimEnd());
  }
}

async function endQuietly(environment: Environment): Promise<void> {
  const { simulator, db, seen, open } = environment;
  for (const stream of open.keys())
    await performWalk(environment, { stream, mode: 'full', moments: [], stopsAt: null });
  // At the page size that every list can be read with.
  const syncer = syncing(simulator, db, { concurrency: environment.program.concurrency });
  for (const stream of STREAMS) expect(await syncer.sync(stream)).toMatchObject({ outcome: 'complete', rejected: 0 });
  const found = await differences(simulator, db, seen);
  if (found.length > 0) throw new Error(found.slice(0, 12).join('\n'));
}
