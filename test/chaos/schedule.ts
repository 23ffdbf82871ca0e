import { random, shuffle, type Random } from '../../src/simulator/random.ts';

/** What goes wrong with processes, servers and the ways between them. */
export const MACHINE_FAULTS = [
  'kill a worker',
  'kill all workers, and start them a second later',
  'kill all workers, and start them six minutes later',
  'kill all workers, and start them a day later',
  'stop a worker past its lease',
  'hold a worker in the middle of a walk past its lease',
  'end a worker with SIGTERM',
  'terminate the sessions in Postgres',
  'crash Postgres',
  'restart Postgres',
  'empty the queue',
  'restart the queue',
  'make a way slow',
  'reset a way',
  'cut answers half-way on a way',
  'let nothing through a way',
  'run a worker three minutes behind',
  'run a worker three minutes ahead',
  'run a worker a day ahead',
  'fail the queue over to its replica',
  'lock a table',
  'fill the disk',
] as const;

/** What goes wrong with the source's answers. */
export const SOURCE_FAULTS = [
  'answer 429',
  'answer 5xx with HTML',
  'reset connections',
  'send half of each body',
  'send each body slowly',
  'send broken JSON',
  'tell wrong totals',
  'tell no number of pages',
  'leave a record out of its page',
  'leave a record out, and know no API version by id',
  'know no API version',
] as const;

export type MachineFault = (typeof MACHINE_FAULTS)[number];
export type SourceFault = (typeof SOURCE_FAULTS)[number];

/** One thing that goes wrong. */
export interface Step<Kind extends string = string> {
  kind: Kind;
  /** Pause before it. */
  afterMs: number;
  /** How long it lasts, where it lasts. */
  forMs: number;
  /** Chooses what it concerns. */
  choice: number;
}

/** All that goes wrong in one run: two rows of steps side by side, while the merchant works on. */
export interface Schedule {
  seed: number;
  machines: Step<MachineFault>[];
  source: Step<SourceFault>[];
  /** What goes wrong at the end, when machines are well: what a walk must complete under to show. */
  calm: Step<SourceFault>[];
}

/** Faults that show only when walks get far: to their later requests, and to asking for what they did not see. */
const AT_THE_END = [
  'answer 5xx with HTML',
  'leave a record out of its page',
  'leave a record out, and know no API version by id',
] as const;

/** The schedule of a seed: every machine fault once and some again, in any order, and the source's faults round after round. */
export function scheduleOf(seed: number): Schedule {
  const chance = random(seed, 'chaos');
  const again = Array.from({ length: 3 }, () => chance.pick(MACHINE_FAULTS));
  const machines = inAnyOrder([...MACHINE_FAULTS, ...again], chance).map((kind) => drawn(kind, chance, 1500, 2000));
  const rounds = Array.from({ length: 3 }, () => inAnyOrder([...SOURCE_FAULTS], chance));
  const source = rounds.flat().map((kind) => drawn(kind, chance, 1200, 3000));
  const calm = AT_THE_END.map((kind) => drawn(kind, chance, 500, 3000));
  return { seed, machines, source, calm };
}

function inAnyOrder<T extends string>(kinds: T[], chance: Random): T[] {
  shuffle(kinds, 0, kinds.length, chance);
  return kinds;
}

function drawn<Kind extends string>(kind: Kind, chance: Random, longestGap: number, longest: number): Step<Kind> {
  return {
    kind,
    afterMs: chance.integer(100, longestGap),
    forMs: chance.integer(500, longest),
    choice: chance.integer(0, 999),
  };
}

/** A step as one line. */
export const describeStep = ({ kind, afterMs, forMs, choice }: Step) =>
  `${kind} (after ${afterMs} ms, for ${forMs} ms, choice ${choice})`;
