import { random, shuffle, type Random } from '../../src/simulator/random.ts';
import type { Accounts } from './environment.ts';

/** Faults of processes, servers and the connections between them. */
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
  'slow a connection down',
  'reset a connection',
  'cut responses half-way on a connection',
  'let nothing through a connection',
  'run a worker three minutes behind',
  'run a worker three minutes ahead',
  'run a worker a day ahead',
  'run a worker with another organization’s token',
  'fail the queue over to its replica',
  'lock a table',
  'fill the disk',
] as const;

/** Faults of the source's responses. */
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

/** Outages of one account at the end, which last until the others have been walked. */
export const OUTAGES = [
  'refuse the credential',
  'ask for a long pause',
  'respond to nothing',
  'show another organization',
] as const;

export type Outage = (typeof OUTAGES)[number];
export type MachineFault = (typeof MACHINE_FAULTS)[number];
export type SourceFault = (typeof SOURCE_FAULTS)[number];

/** One fault at its time. */
export interface Step<Kind extends string = string> {
  kind: Kind;
  /** Pause before the fault. */
  afterMs: number;
  /** Duration of a fault that lasts. */
  forMs: number;
  /** A number that selects the target of the fault. */
  choice: number;
}

/** A fault of the responses of one account, or of every one. */
export interface SourceStep extends Step<SourceFault> {
  at: 'polar/default' | 'polar/acme' | 'polar/shop' | 'all';
}

/** An outage of one account. */
export interface OutageStep extends Step<Outage> {
  at: keyof Accounts;
}

/** All faults of one run: two series of steps side by side, while the merchant keeps editing. */
export interface Schedule {
  seed: number;
  machines: Step<MachineFault>[];
  source: SourceStep[];
  /** Faults at the end, when the machines are well: they show only when a walk completes. */
  calm: SourceStep[];
  /** Outages, after those. */
  outages: OutageStep[];
}

/** Faults that show only in the later requests of a walk, and when it asks for records that it did not see. */
const AT_THE_END = [
  'answer 5xx with HTML',
  'leave a record out of its page',
  'leave a record out, and know no API version by id',
] as const;

const ONE_OF_POLAR = ['polar/default', 'polar/acme', 'polar/shop'] as const;
const ACCOUNTS = [...ONE_OF_POLAR, 'fynn/default'] as const;
const ROUNDS = [...ONE_OF_POLAR, 'all'] as const;

/** Returns the schedule of a seed: every machine fault once and some twice, in random order, and rounds of the source's faults: at each account of Polar, and at all. */
export function scheduleOf(seed: number): Schedule {
  const chance = random(seed, 'chaos');
  const again = Array.from({ length: 3 }, () => chance.pick(MACHINE_FAULTS));
  const machines = inAnyOrder([...MACHINE_FAULTS, ...again], chance).map((kind) => drawn(kind, chance, 500, 1200));
  const source = ROUNDS.flatMap((at) =>
    inAnyOrder([...SOURCE_FAULTS], chance).map((kind) => ({ ...drawn(kind, chance, 300, 1000), at })),
  );
  const calm = AT_THE_END.map((kind) => ({ ...drawn(kind, chance, 300, 1000), at: chance.pick(ONE_OF_POLAR) }));
  const outages = inAnyOrder([...OUTAGES], chance).map((kind) => ({
    ...drawn(kind, chance, 300, 1000),
    at: kind === 'show another organization' ? ('polar/acme' as const) : chance.pick(ACCOUNTS),
  }));
  return { seed, machines, source, calm, outages };
}

function inAnyOrder<T extends string>(kinds: T[], chance: Random): T[] {
  shuffle(kinds, 0, kinds.length, chance);
  return kinds;
}

function drawn<Kind extends string>(kind: Kind, chance: Random, longestGap: number, longest: number): Step<Kind> {
  return {
    kind,
    afterMs: chance.integer(100, longestGap),
    forMs: chance.integer(300, longest),
    choice: chance.integer(0, 999),
  };
}

/** A step as one line. */
export const describeStep = ({ kind, afterMs, forMs, choice, at }: Step & { at?: string }) =>
  `${kind}${at === undefined ? '' : ` at ${at}`} (after ${afterMs} ms, for ${forMs} ms, choice ${choice})`;
