import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { until } from '../support/service.ts';
import { differences } from '../oracle/oracle.ts';
import { startDeliveries } from './deliveries.ts';
import { TOMBSTONES, VIOLATIONS } from './invariants.ts';
import { startMerchant, type Merchant } from './merchant.ts';
import { describeStep, scheduleOf, type Schedule, type Step } from './schedule.ts';
import { startSource } from './source.ts';
import { SECRET, setStage, walkQuietly, type Stage } from './stage.ts';
import { MACHINES } from './steps.ts';

/** What a run came to, for whoever watches. */
export interface Summary {
  seconds: number;
  steps: number;
  edits: number;
  webhooks: number;
  samples: number;
  runs: Record<string, number>;
}

const WORKERS = 2;
const EDIT_EVERY_MS = 350;
const SAMPLE_EVERY_MS = 250;
/** How long a record is left out when no walk asks for it. At the end one will: the job of a killed worker comes back in a minute. */
const LEFT_OUT_MS = { meanwhile: 8000, atTheEnd: 100_000 };

/** Performs the schedule of a seed. Throws, with all that is needed to understand it, when a promise is broken. */
export async function perform(seed: number, onRedis: boolean): Promise<Summary> {
  const started = performance.now();
  const stage = await setStage(seed, WORKERS, onRedis);
  const journal = startJournal();
  try {
    return { ...(await play(stage, scheduleOf(seed), journal.note)), seconds: secondsSince(started) };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const place = `seed ${seed}, queue on ${onRedis ? 'Redis' : 'Postgres'}; CHAOS_SEED=${seed} replays it`;
    throw new Error([what, place, ...journal.lines, ...stage.crew.log()].join('\n'), { cause: error });
  } finally {
    await stage.crew.close();
    await stage.close();
  }
}

type Note = (text: string) => void;

/** What happened when. */
function startJournal(): { lines: readonly string[]; note: Note } {
  const started = performance.now();
  const lines: string[] = [];
  return { lines, note: (text) => void lines.push(`${secondsSince(started).toFixed(1)} s: ${text}`) };
}

const secondsSince = (started: number) => Math.round((performance.now() - started) / 100) / 10;

async function play(stage: Stage, schedule: Schedule, note: Note): Promise<Omit<Summary, 'seconds'>> {
  const { crew, simulator } = stage;
  const watch = new AbortController();
  const source = startSource(simulator, schedule.seed);
  const merchant = startMerchant(simulator, schedule.seed, EDIT_EVERY_MS);
  const deliveries = startDeliveries(simulator, schedule.seed, SECRET, crew.addresses);
  let steps = 0;
  const watching = watchOver(stage, merchant, watch.signal);
  try {
    await Promise.race([
      watching,
      (async () => {
        await Promise.all(crew.members.keys().map((place) => crew.start(place)));
        note('all workers run');
        steps = await performSteps(stage, schedule, source, note, watch.signal);
        merchant.stop();
        note('the merchant stops');
        await deliveries.settled();
        await until('all workers are well', () => areWell(crew.addresses()), 120_000);
        for (const place of crew.members.keys()) await crew.end(place, 'SIGTERM');
        note(`all workers have ended, after ${steps} steps`);
      })(),
    ]);
    watch.abort();
    const samples = await watching;
    source.stop();
    await compare(stage, merchant, note);
    const runs = await stage.postgres.query<{ outcome: string; count: number }>(
      `select coalesce(outcome || coalesce(': ' || left(error, 60), ''), 'open') as outcome, count(*)::int from sync.runs group by 1 order by 1`,
    );
    return {
      steps,
      edits: merchant.edits.length,
      webhooks: deliveries.accepted(),
      samples,
      runs: Object.fromEntries(runs.map(({ outcome, count }) => [outcome, count])),
    };
  } finally {
    watch.abort();
    merchant.stop();
    deliveries.stop();
  }
}

/** Performs both rows of steps side by side, the source's until the machines' end; then those at the end. Answers how many. */
async function performSteps(
  stage: Stage,
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
  const breaking = performEach(machines, signal, (step) => MACHINES[step.kind](stage, step));
  await Promise.all([breaking.finally(() => enough.abort()), spoiling]);
  await performEach(calm, signal, (step) => source.perform(step, LEFT_OUT_MS.atTheEnd, signal));
  return count;
}

async function areWell(addresses: readonly string[]): Promise<boolean> {
  if (addresses.length < WORKERS) return false;
  const answers = await Promise.allSettled(addresses.map((url) => fetch(`${url}/readyz`)));
  return answers.every((answer) => answer.status === 'fulfilled' && answer.value.ok);
}

/** Looks at the invariants until the signal; rejects at the first that does not hold. Answers how often it looked. */
async function watchOver(stage: Stage, merchant: Merchant, signal: AbortSignal): Promise<number> {
  let samples = 0;
  while (!signal.aborted) {
    const found = await violations(stage, merchant).catch(() => undefined); // Postgres is away
    if (found) samples += 1;
    if (found && found.length > 0) throw new Error(found.slice(0, 5).join('\n'));
    await pause(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return samples;
}

async function violations({ postgres, crew }: Stage, { deleted }: Merchant): Promise<string[]> {
  const found = await postgres.query<{ what: string }>(VIOLATIONS);
  const tombstones = await postgres.query<{ table: string; id: string }>(TOMBSTONES);
  return [
    ...found.map(({ what }) => what),
    ...tombstones
      .filter(({ id }) => !deleted.has(id))
      .map(({ table, id }) => `a tombstone for what was never deleted: ${table} ${id}`),
    ...crew.failures,
  ];
}

/** One quiet walk; then every table equals the truth. */
async function compare(stage: Stage, merchant: Merchant, note: Note): Promise<void> {
  const failed = await walkQuietly(stage);
  note('the quiet walk has ended');
  const pool = new pg.Pool({ connectionString: stage.postgres.url() });
  const unlike = await differences(stage.simulator, { pool }, merchant.seen);
  await pool.end();
  const found = [...failed, ...unlike, ...(await violations(stage, merchant))];
  if (found.length > 0) throw new Error(found.slice(0, 12).join('\n'));
}
