import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { until } from '../support/service.ts';
import { differences } from '../oracle/oracle.ts';
import { random } from '../../src/simulator/random.ts';
import { createConsumer, feedDifferences, type Consumer } from '../support/feed.ts';
import { startDeliveries } from './deliveries.ts';
import { TOMBSTONES, VIOLATIONS } from './invariants.ts';
import { startMerchant, type Merchant } from './merchant.ts';
import { describeStep, scheduleOf, type Schedule, type Step } from './schedule.ts';
import { startSource } from './source.ts';
import { SECRET, createEnvironment, walkQuietly, type Environment } from './environment.ts';
import { MACHINE_STEPS } from './steps.ts';

/** Counts of one run, for the log. */
export interface Summary {
  seconds: number;
  steps: number;
  edits: number;
  webhooks: number;
  samples: number;
  /** Changes that the consumer of the feed got, and how often it died or lost its session. */
  changes: number;
  deaths: number;
  runs: Record<string, number>;
}

const WORKERS = 2;
const EDIT_EVERY_MS = 350;
const SAMPLE_EVERY_MS = 250;
const POLL_EVERY_MS = 40;
/** The schedule ages what is stored without a word to the feed. */
const COPY = `to_jsonb(t) - 'observed_at' - 'deleted_at' || jsonb_build_object('deleted', deleted_at is not null)`;
/** How long a record is left out when no walk asks for it. At the end a walk does: the job of a killed worker returns within a minute. */
const LEFT_OUT_MS = { meanwhile: 8000, atTheEnd: 100_000 };

/** Performs the schedule of a seed. Throws when an invariant is violated; the error holds the journal and the workers' logs. */
export async function perform(seed: number, onRedis: boolean): Promise<Summary> {
  const started = performance.now();
  const environment = await createEnvironment(seed, WORKERS, onRedis);
  const journal = startJournal();
  try {
    return { ...(await runSchedule(environment, scheduleOf(seed), journal.note)), seconds: secondsSince(started) };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const place = `seed ${seed}, queue on ${onRedis ? 'Redis' : 'Postgres'}; CHAOS_SEED=${seed} replays it`;
    throw new Error([what, place, ...journal.lines, ...environment.workers.log()].join('\n'), { cause: error });
  } finally {
    await environment.workers.close();
    await environment.close();
  }
}

type Note = (text: string) => void;

/** Records events with their times. */
function startJournal(): { lines: readonly string[]; note: Note } {
  const started = performance.now();
  const lines: string[] = [];
  return { lines, note: (text) => void lines.push(`${secondsSince(started).toFixed(1)} s: ${text}`) };
}

const secondsSince = (started: number) => Math.round((performance.now() - started) / 100) / 10;

async function runSchedule(
  environment: Environment,
  schedule: Schedule,
  note: Note,
): Promise<Omit<Summary, 'seconds'>> {
  const { workers, simulator } = environment;
  const stopChecking = new AbortController();
  const chance = random(schedule.seed, 'consumer');
  const consumer = createConsumer('polar', { copy: COPY, dies: () => chance.chance(0.05) });
  const consuming = consumer.follow(environment.postgres.url, POLL_EVERY_MS, stopChecking.signal);
  const source = startSource(simulator, schedule.seed);
  const merchant = startMerchant(simulator, schedule.seed, EDIT_EVERY_MS);
  const deliveries = startDeliveries(simulator, schedule.seed, SECRET, workers.addresses);
  let steps = 0;
  const checking = checkInvariants(environment, merchant, stopChecking.signal);
  try {
    await Promise.race([
      checking,
      (async () => {
        await Promise.all(workers.processes.keys().map((place) => workers.start(place)));
        note('all workers run');
        steps = await performSteps(environment, schedule, source, note, stopChecking.signal);
        merchant.stop();
        note('the merchant stops');
        await deliveries.settled();
        await until('all workers are well', () => areWell(workers.addresses()), 120_000);
        for (const place of workers.processes.keys()) await workers.end(place, 'SIGTERM');
        note(`all workers have ended, after ${steps} steps`);
      })(),
    ]);
    stopChecking.abort();
    const samples = await checking;
    source.stop();
    await consuming;
    await compareWithOracle(environment, merchant, note);
    await compareWithFeed(environment, consumer);
    const runs = await environment.postgres.query<{ outcome: string; count: number }>(
      `select coalesce(outcome || coalesce(': ' || left(error, 60), ''), 'open') as outcome, count(*)::int from sync.runs group by 1 order by 1`,
    );
    return {
      steps,
      edits: merchant.edits.length,
      webhooks: deliveries.accepted(),
      samples,
      changes: consumer.delivered.length,
      deaths: consumer.deaths(),
      runs: Object.fromEntries(runs.map(({ outcome, count }) => [outcome, count])),
    };
  } finally {
    stopChecking.abort();
    merchant.stop();
    deliveries.stop();
  }
}

/** Performs both series of steps side by side until the machines' series ends, then the last ones. Returns the number of steps. */
async function performSteps(
  environment: Environment,
  { machines, source: faults, calm }: Schedule,
  source: ReturnType<typeof startSource>,
  note: Note,
  signal: AbortSignal,
): Promise<number> {
  const enough = new AbortController();
  const meanwhile = AbortSignal.any([signal, enough.signal]);
  let count = 0;
  const performEach = async <S extends Step>(
    steps: readonly S[],
    within: AbortSignal,
    one: (step: S) => Promise<void>,
  ) => {
    for (const step of steps) {
      await pause(step.afterMs, undefined, { signal: within });
      note(describeStep(step));
      await one(step);
      count += 1;
    }
  };
  const spoil = (step: Schedule['source'][number]) => source.perform(step, LEFT_OUT_MS.meanwhile, meanwhile);
  const spoiling = performEach(faults, meanwhile, spoil).catch((error: unknown) => {
    if (!enough.signal.aborted) throw error;
  });
  const breaking = performEach(machines, signal, (step) => MACHINE_STEPS[step.kind](environment, step));
  await Promise.all([breaking.finally(() => enough.abort()), spoiling]);
  await performEach(calm, signal, (step) => source.perform(step, LEFT_OUT_MS.atTheEnd, signal));
  return count;
}

async function areWell(addresses: readonly string[]): Promise<boolean> {
  if (addresses.length < WORKERS) return false;
  const answers = await Promise.allSettled(addresses.map((url) => fetch(`${url}/readyz`)));
  return answers.every((answer) => answer.status === 'fulfilled' && answer.value.ok);
}

/** Checks the invariants until the signal. Rejects at the first violation. Returns the number of checks. */
async function checkInvariants(environment: Environment, merchant: Merchant, signal: AbortSignal): Promise<number> {
  let samples = 0;
  while (!signal.aborted) {
    const found = await violations(environment, merchant).catch(() => undefined); // Postgres is down
    if (found) samples += 1;
    if (found && found.length > 0) throw new Error(found.slice(0, 5).join('\n'));
    await pause(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return samples;
}

async function violations({ postgres, workers }: Environment, { deleted }: Merchant): Promise<string[]> {
  const found = await postgres.query<{ what: string }>(VIOLATIONS);
  const tombstones = await postgres.query<{ table: string; id: string }>(TOMBSTONES);
  return [
    ...found.map(({ what }) => what),
    ...tombstones
      .filter(({ id }) => !deleted.has(id))
      .map(({ table, id }) => `a tombstone for what was never deleted: ${table} ${id}`),
    ...workers.failures,
  ];
}

/** Walks once without faults, and compares every table with the oracle. */
async function compareWithOracle(environment: Environment, merchant: Merchant, note: Note): Promise<void> {
  const failed = await walkQuietly(environment);
  note('the quiet walk has ended');
  const pool = new pg.Pool({ connectionString: environment.postgres.url() });
  const mismatches = await differences(environment.simulator, { pool }, merchant.seen);
  await pool.end();
  const found = [...failed, ...mismatches, ...(await violations(environment, merchant))];
  if (found.length > 0) throw new Error(found.slice(0, 12).join('\n'));
}

/** Reads the rest of the feed, and compares it with what triggers saw, and what the consumer made of it with the tables. */
async function compareWithFeed({ postgres }: Environment, consumer: Consumer): Promise<void> {
  await consumer.drain(postgres.url());
  const found = await postgres.query<{ what: string }>(feedDifferences(false));
  const seqs = await postgres.query<{ seq: number }>('select seq::int from sync.changes order by seq');
  const isInOrder = seqs.map(({ seq }) => seq).join() === consumer.delivered.join();
  const pool = new pg.Pool({ connectionString: postgres.url() });
  const hashes = Object.entries(await consumer.compare(pool)).filter(([, { copy, table }]) => copy !== table);
  await pool.end();
  const problems = [
    ...found.map(({ what }) => what),
    ...(isInOrder ? [] : ['the consumer of the feed did not get every change once and in order']),
    ...hashes.map(([table]) => `the copy that was made from the feed is not as ${table}`),
  ];
  if (problems.length > 0) throw new Error(problems.slice(0, 12).join('\n'));
}
