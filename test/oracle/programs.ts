import fc from 'fast-check';
import type { Mode } from '../../src/model/stream.ts';
import { ALL_KINDS, shiftOf, type Edit, type EditKind } from './kinds.ts';
import type { StreamName } from './rows.ts';

/** Edits between two requests: before the rows of a request are read, or after that and before they are sent. */
export interface Moment {
  request: number;
  hook: 'intercept' | 'afterRead';
  edits: Edit[];
}

/** A walk with the edits that happen during it; those of requests that are never sent happen after it. */
export interface ProgramWalk {
  stream: StreamName;
  mode: Mode;
  moments: Moment[];
  /** The request at which the process is told to stop, if at any; a later run goes on from there. */
  stopsAt: number | null;
}

/** Data, and walks over it while it changes. */
export interface Program {
  seed: number;
  links: number;
  checkouts: number;
  pageSize: number;
  concurrency: number;
  shuffleTies: boolean;
  walks: ProgramWalk[];
}

const moments = (kinds: readonly EditKind[]): fc.Arbitrary<Moment> => {
  const edits = fc.record({ kind: fc.constantFrom(...kinds), place: fc.nat(30), other: fc.nat(30) });
  return fc.record({
    request: fc.nat(12),
    hook: fc.constantFrom('intercept', 'afterRead'),
    edits: fc.array(edits, { minLength: 1, maxLength: 4 }),
  });
};

const walks = (kinds: readonly EditKind[]): fc.Arbitrary<ProgramWalk> =>
  fc.record({
    stream: fc.constantFrom('polar.checkout_links', 'polar.checkouts'),
    mode: fc.constantFrom('full', 'full', 'incremental'),
    moments: fc.array(moments(kinds), { maxLength: 5 }),
    stopsAt: fc.option(fc.nat(8), { freq: 4 }),
  });

/** Records for a few pages of each size. */
const sizes = (pageSize: number) => fc.nat(pageSize === 100 ? 350 : 4 * pageSize + 5);

/** On pages of one or two records nothing can be read across a boundary: only edits that leave the order alone. */
const kindsFor = (pageSize: number) => (pageSize > 2 ? ALL_KINDS : ALL_KINDS.filter((kind) => shiftOf(kind) === null));

/** Random programs. */
export const programs: fc.Arbitrary<Program> = fc.constantFrom(1, 2, 3, 7, 7, 100, 100, 100).chain((pageSize) =>
  fc.record({
    seed: fc.nat(1_000_000),
    links: sizes(pageSize),
    checkouts: sizes(pageSize),
    pageSize: fc.constant(pageSize),
    concurrency: fc.constantFrom(1, 12),
    shuffleTies: fc.boolean(),
    walks: fc.array(walks(kindsFor(pageSize)), { minLength: 1, maxLength: 4 }),
  }),
);
