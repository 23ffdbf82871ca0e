import { random } from '../../src/simulator/random.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { ALL_KINDS, apply, type Edit } from '../oracle/kinds.ts';
import { witness, type Witness } from '../oracle/oracle.ts';

/** Edits the simulated organization in the background, and remembers what its API has shown and what was deleted. */
export interface Merchant {
  /** Everything that the API has shown so far, for the comparison at the end. */
  seen: Witness;
  /** Links and sessions that were ever deleted; some of them exist again. */
  deleted: ReadonlySet<string>;
  /** All edits so far. */
  edits: readonly Edit[];
  stop: () => void;
}

const PAGE_SIZE = 100;

/** Starts to edit records at random places. The order of the edits follows from the seed. */
export function startMerchant(
  simulator: Simulator,
  seed: number,
  { everyMs, places, isBehind }: { everyMs: number; places: number; isBehind: () => boolean },
): Merchant {
  const chance = random(seed, 'merchant');
  const seen = witness(simulator);
  const deleted = new Set<string>();
  const edits: Edit[] = [];
  let present = existing(simulator);
  seen.glance();
  const timer = setInterval(() => {
    if (isBehind()) return;
    const edit = { kind: chance.pick(ALL_KINDS), place: chance.integer(0, places), other: chance.integer(0, 30) };
    edits.push(edit);
    apply(simulator.polar, edit, PAGE_SIZE);
    seen.glance();
    const now = existing(simulator);
    for (const id of present.difference(now)) deleted.add(id);
    present = now;
  }, everyMs);
  return { seen, deleted, edits, stop: () => clearInterval(timer) };
}

function existing({ polar }: Simulator): Set<string> {
  const links = [...polar.links.values()].filter((link) => link.deleted_at === null);
  return new Set([...links.map(({ id }) => id), ...polar.checkouts.keys()]);
}
