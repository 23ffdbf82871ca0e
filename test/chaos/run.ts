import { setTimeout as pause } from 'node:timers/promises';
import { random } from '../../src/simulator/random.ts';
import { createConsumer, type Consumer } from '../support/feed.ts';
import { until } from '../support/service.ts';
import { compareWithFeed, compareWithOracles, violations } from './compare.ts';
import { createEnvironment, type Environment } from './environment.ts';
import { performOutage, untilKnown } from './outages.ts';
import { describeStep, scheduleOf, type Schedule, type SourceStep, type Step } from './schedule.ts';
import { MACHINE_STEPS } from './steps.ts';
import { startTraffic, type Traffic } from './traffic.ts';

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
const SAMPLE_EVERY_MS = 500;
const POLL_EVERY_MS = 40;
/** Columns that a copy compares: the schedule ages stored dates without a change in the feed. */
const COPY = `to_jsonb(t) - 'observed_at' - 'deleted_at' || jsonb_build_object('deleted', deleted_at is not null)`;
/**
 * Longest time in ms for which a record is left out if no walk requests it. At the end a walk does: the job of a killed worker
 * returns within a minute.
 */
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
  const stopChecking = new AbortController();
  const chance = random(schedule.seed, 'consumer');
  const consumer = createConsumer('polar', { copy: COPY, dies: () => chance.chance(0.05) });
  const consuming = consumer.follow(environment.postgres.url, POLL_EVERY_MS, stopChecking.signal);
  const traffic = startTraffic(environment, schedule.seed);
  const checking = checkInvariants(environment, traffic, stopChecking.signal);
  try {
    const performing = performAll(environment, schedule, { traffic, note, signal: stopChecking.signal });
    const steps = await Promise.race([performing, checking.then(() => 0)]);
    stopChecking.abort();
    const samples = await checking;
    for (const { stop } of Object.values(traffic.sources)) stop();
    await consuming;
    await compareWithOracles(environment, traffic);
    note('the tables equal the sources');
    await compareWithFeed(environment, consumer);
    return { steps, samples, ...(await countAll(environment, traffic, consumer)) };
  } finally {
    stopChecking.abort();
    traffic.stop();
  }
}

async function countAll({ postgres }: Environment, { merchants, accepted }: Traffic, consumer: Consumer) {
  const runs = await postgres.query<{ outcome: string; count: number }>(
    `select coalesce(outcome || coalesce(': ' || left(error, 60), ''), 'open') as outcome, count(*)::int from sync.runs group by 1 order by 1`,
  );
  return {
    edits: Object.values(merchants).reduce((sum, { edits }) => sum + edits.length, 0),
    webhooks: accepted(),
    changes: consumer.delivered.length,
    deaths: consumer.deaths(),
    runs: Object.fromEntries(runs.map(({ outcome, count }) => [outcome, count])),
  };
}

/** Traffic beside the steps, the journal, and the signal that ends both. */
interface Surroundings {
  traffic: Traffic;
  note: Note;
  signal: AbortSignal;
}

/** Starts the workers, performs the schedule, and ends the workers when all is well again. Returns the number of steps. */
async function performAll(environment: Environment, schedule: Schedule, around: Surroundings): Promise<number> {
  const { workers } = environment;
  const { traffic, note } = around;
  await Promise.all(workers.processes.keys().map((place) => workers.start(place)));
  await untilKnown(environment);
  note('all workers run, and have met each account');
  const steps = await performSteps(environment, schedule, around);
  await traffic.settled();
  await until('all workers are well', () => areWell(workers.addresses()), 600_000);
  for (const place of workers.processes.keys()) await workers.end(place, 'SIGTERM');
  note(`all workers have ended, after ${steps} steps`);
  return steps;
}

/** Performs both series of steps side by side until the machines' series ends, then the last ones. Returns the number of steps. */
async function performSteps(
  environment: Environment,
  { machines, source: faults, calm, outages }: Schedule,
  { traffic, note, signal }: Surroundings,
): Promise<number> {
  const { sources } = traffic;
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
  const spoil = (longestMs: number, within: AbortSignal) => async (step: SourceStep) => {
    const at = step.at === 'all' ? Object.values(sources) : [sources[step.at]];
    await Promise.all(at.map((source) => source.perform(step, longestMs, within)));
  };
  const spoiling = performEach(faults, meanwhile, spoil(LEFT_OUT_MS.meanwhile, meanwhile)).catch((error: unknown) => {
    if (!enough.signal.aborted) throw error;
  });
  const breaking = performEach(machines, signal, (step) => MACHINE_STEPS[step.kind](environment, step));
  await Promise.all([breaking.finally(() => enough.abort()), spoiling]);
  traffic.stopEdits();
  note('the edits stop');
  await performEach(calm, signal, spoil(LEFT_OUT_MS.atTheEnd, signal));
  await performEach(outages, signal, (step) => performOutage(environment, step, sources[step.at]));
  return count;
}

async function areWell(addresses: readonly string[]): Promise<boolean> {
  if (addresses.length < WORKERS) return false;
  const answers = await Promise.allSettled(addresses.map((url) => fetch(`${url}/readyz`)));
  return answers.every((answer) => answer.status === 'fulfilled' && answer.value.ok);
}

/** Checks the invariants until the signal. Rejects at the first violation. Returns the number of checks. */
async function checkInvariants(environment: Environment, traffic: Traffic, signal: AbortSignal): Promise<number> {
  let samples = 0;
  while (!signal.aborted) {
    const found = await violations(environment, traffic).catch(() => undefined); // Postgres is down
    if (found) samples += 1;
    if (found && found.length > 0) throw new Error(found.slice(0, 5).join('\n'));
    await pause(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return samples;
}
