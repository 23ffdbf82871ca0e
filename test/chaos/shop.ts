import { random, type Random } from '../../src/simulator/random.ts';
import type { StreamDriver } from '../../src/simulator/driver.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { Step } from '../../src/simulator/traffic.ts';
import type { Json } from '../../src/model/json.ts';
import { wireOracle } from '../oracle/wire-oracle.ts';
import { OPTIONAL_STREAMS, sourceOf } from '../support/source.ts';
import { makePool } from '../support/pool.ts';
import type { Postgres } from './postgres.ts';

/** Edits an organization's customers, orders, catalog and usage in the background, and remembers what was deleted. */
export interface Shop {
  /** Records that were deleted before the start, or since. */
  deleted: ReadonlySet<string>;
  /** Those since the start. */
  removed: ReadonlySet<string>;
  stop: () => void;
}

/** Streams whose records are deleted now and then: Polar deletes these, and other records show them no longer or as they were. */
const DELETED = new Set(['customers', 'benefits', 'discounts', 'custom_fields', 'customer_meters']);
/** Streams whose every record nests another one that can be edited. */
const NESTING = new Set(['subscriptions', 'refunds', 'disputes', 'customer_meters', 'benefit_grants', 'events']);
/** Least number of records in a list. */
const LEAST = 10;

/** Starts to edit the records of every stream. The order of the edits follows from the seed. */
export function startShop(
  { polar }: Simulator,
  seed: number,
  { everyMs, isBehind }: { everyMs: number; isBehind: () => boolean },
): Shop {
  const chance = random(seed, 'shop');
  const removed = new Set<string>();
  const streams = Object.entries(polar.streams).filter(([name]) => OPTIONAL_STREAMS.includes(name));
  const deleted = new Set(streams.flatMap(([, { records }]) => [...records.values()].flatMap(deletedId)));
  const note = (id: string) => [deleted, removed].forEach((ids) => ids.add(id));
  const edits = streams.flatMap(([name, { driver, traffic }]) => [
    ...driverEdits(name, driver, note),
    ...trafficOf(name, traffic()),
  ]);
  const timer = setInterval(() => isBehind() || chance.pick(edits)(chance), everyMs);
  return { deleted, removed, stop: () => clearInterval(timer) };
}

type Edit = (chance: Random) => void;

const deletedId = (record: { id: string; deleted_at?: string | null }) => (record.deleted_at ? [record.id] : []);

function driverEdits(name: string, driver: StreamDriver, note: (id: string) => void): Edit[] {
  const any = (edit: ((id: string) => void) | undefined, least: number): Edit => {
    return (chance) => {
      const ids = driver.list();
      if (ids.length > least) edit?.(chance.pick(ids));
    };
  };
  const remove = (id: string) => {
    note(id);
    driver.remove?.(id);
  };
  const edits: Edit[] = [() => void driver.create(), any(driver.edit, 0)];
  if (NESTING.has(name)) edits.push(any(driver.editNested, 0));
  if (DELETED.has(name)) edits.push(any(remove, LEAST));
  return edits;
}

const trafficOf = (name: string, steps: readonly Step[]): Edit[] =>
  isRepriced(name) ? [] : steps.map(([, edit]) => edit);

/** A product that gets another price lists the old one no longer: the oracle knows only prices that are shown at the end. */
const isRepriced = (name: string) => name === 'products';

/** Compares the rows of the account shop with what its source shows, and looks for deleted records without a tombstone. */
export async function shopDifferences(
  simulator: Simulator,
  { postgres, shop: { deleted, removed } }: { postgres: Postgres; shop: Shop },
): Promise<string[]> {
  const { streams, url, token } = simulator;
  const settings = { POLAR_ACCESS_TOKEN: token, POLAR_API_URL: url, POLAR_STREAMS: OPTIONAL_STREAMS.join() };
  const source = sourceOf(settings, 'SHOP');
  const shown = source.streams.map(({ name, entity }) => ({
    entity,
    records: () => streams[name]?.list().map((id): Json => JSON.parse(JSON.stringify(streams[name]?.json(id)))) ?? [],
  }));
  const pool = makePool({ connectionString: postgres.url() });
  const lines = await wireOracle(source, shown).differences({ pool });
  await pool.end();
  const kept = await postgres.query<{ what: string }>(
    `select 'a deleted record without a tombstone: ' || stream || ' ' || id as what from chaos.records
     where account = 'shop' and deleted_at is null and id = any($1)`,
    [[...removed]],
  );
  // The source shows a deleted record no longer: its row stays as it was when it was last seen.
  const isOfDeleted = (line: string) => deleted.has(line.split(' ')[1]?.replace(/:$/, '') ?? '');
  return [...lines.filter((line) => !isOfDeleted(line)), ...kept.map(({ what }) => what)];
}
