import { timestampMicros } from '../../src/model/clock.ts';
import type { Database } from '../../src/database/database.ts';
import { DAY, formatInstant, micros } from '../../src/simulator/instants.ts';
import { nextNumber } from '../../src/simulator/polar/edit-log.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { random } from '../../src/simulator/random.ts';
import { engineOf, type Engine } from '../support/engine.ts';
import { startPolar } from '../support/polar.ts';
import { sourceOf } from '../support/source.ts';
import { CATALOG_EDITS } from './catalog-edits.ts';
import { storeEdit } from './store-edit.ts';

const FOLLOWED_FOR = 3 * DAY;
const WALK_EVERY = 7;

/** The records whose versions are kept, as the edit log calls them. */
export type VersionedKind = 'products' | 'discounts' | 'links';

/** One look at a record: the state of the edit log that it showed, the step in which it was stored, and how it came. */
export interface Sighting {
  kind: VersionedKind;
  id: string;
  /** It showed the edits with smaller numbers. */
  number: number;
  step: number;
  via: 'walk' | 'webhook' | 'tombstone';
  /** True for a record as another one nests it, and for an event that reports its deletion. */
  isNested?: boolean;
  isDeletion?: boolean;
}

/** Time in which something was stored, in microseconds. */
export interface Step {
  from: number;
  to: number;
}

/** A walk of a stream, and the number of records that it rejected. */
export interface Walk {
  stream: string;
  step: number;
  hasFailed?: boolean;
  rejected?: number;
}

/** A merchant whose catalog was followed, and each look at it. */
export interface FollowedCatalog {
  account: string;
  simulator: Simulator;
  polar: Polar;
  sightings: Sighting[];
  steps: Step[];
  engine: Engine;
  walks: Walk[];
}

/** Streams of the catalog, in the order in which they are walked, with the kinds of their records. */
const STREAMS = {
  'polar.products': 'products',
  'polar.discounts': 'discounts',
  'polar.checkout_links': 'links',
} as const;

/** Follows the products, prices, discounts and links of a merchant through edits, from webhooks, and every few edits by a walk. */
export async function followCatalog(
  db: Database,
  { seed, account, edits }: { seed: number; account: string; edits: number },
): Promise<FollowedCatalog> {
  const start = micros(timestampMicros()) - FOLLOWED_FOR;
  const simulator = await startPolar({ seed, links: 8, checkouts: 0, scopes: 'every', now: formatInstant(start) });
  const { polar } = simulator;
  const engine = engineOf(sourceOf({ ...simulator.settings }, account === 'default' ? undefined : account), db);
  const catalog: FollowedCatalog = { account, simulator, polar, sightings: [], steps: [], engine, walks: [] };
  await walkCatalog(catalog);
  const chance = random(seed, 'catalog');
  for (let number = 0; number < edits; number++) {
    polar.clock.advance(chance.integer(1, Math.floor((FOLLOWED_FOR * 0.9) / 1000 / edits)));
    await inStep(catalog, (step) =>
      storeSeen(catalog, step, () => CATALOG_EDITS[number % CATALOG_EDITS.length]?.(polar, chance)),
    );
    if (number % WALK_EVERY === WALK_EVERY - 1) await walkCatalog(catalog);
  }
  await walkCatalog(catalog);
  return catalog;
}

/** Does something as one step more. */
async function inStep<T>({ steps }: FollowedCatalog, act: (step: number) => Promise<T>): Promise<T> {
  const from = micros(timestampMicros());
  const result = await act(steps.length);
  steps.push({ from, to: micros(timestampMicros()) });
  return result;
}

async function storeSeen(
  { polar, engine, sightings }: FollowedCatalog,
  step: number,
  edit: () => unknown,
): Promise<void> {
  const stop = polar.subscribe(({ type, id }) => {
    const [kind = '', what] = type.split('.');
    if (kind !== 'product' && kind !== 'discount') return;
    const look = { kind: `${kind}s`, id, number: nextNumber(polar.log), step, via: 'webhook' } as const;
    // An event that reports a deletion shows the record as well.
    if (what === 'deleted') sightings.push({ ...look, isNested: true }, { ...look, isDeletion: true });
    else sightings.push(look);
  });
  await storeEdit({ polar, engine }, edit);
  stop();
}

/** Walks each stream in a step of its own: everything that is served is seen, what was deleted is missed, and links nest discounts. */
async function walkCatalog(catalog: FollowedCatalog): Promise<void> {
  const { polar, engine, sightings, walks } = catalog;
  for (const [stream, kind] of Object.entries(STREAMS))
    await inStep(catalog, async (step) => {
      await engine.sync(stream);
      walks.push({ stream, step });
      const look = { number: nextNumber(polar.log), step };
      if (kind === 'links')
        for (const { deleted_at, discount_id } of polar.links.values())
          if (deleted_at === null && discount_id !== null)
            sightings.push({ ...look, kind: 'discounts', id: discount_id, via: 'walk', isNested: true });
      for (const { id, deleted_at } of polar[kind].values())
        sightings.push({ ...look, kind, id, via: deleted_at === null ? 'walk' : 'tombstone' });
    });
}

/** Walks discounts of which one has the id of another account's, and products that are refused. */
export async function walkInVain(catalog: FollowedCatalog, other: FollowedCatalog): Promise<void> {
  const { polar, simulator, engine, walks } = catalog;
  const [foreign] = other.polar.discounts.keys();
  polar.tamper(polar.createDiscount().id, (json) => ({ ...json, id: foreign }));
  await inStep(catalog, async (step) => {
    await engine.sync('polar.discounts');
    walks.push({ stream: 'polar.discounts', step, rejected: 1 });
  });
  simulator.intercept(() => ({ fault: 'status', status: 403 }));
  await inStep(catalog, async (step) => {
    await engine.sync('polar.products').catch(() => undefined);
    walks.push({ stream: 'polar.products', step, hasFailed: true });
  });
}
