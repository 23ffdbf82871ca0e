import { micros } from '../../src/simulator/instants.ts';
import { freshDatabase } from '../support/database.ts';
import { rows } from '../support/records.ts';
import { followCatalog, walkInVain, type FollowedCatalog } from './catalog.ts';
import { wrongCells, type Expected } from './compare.ts';
import { catalogVersions, expectedChanges, expectedFreshness, expectedHistory, inLastWalk } from './oracle/catalog.ts';
import type { ReportRow } from './oracle/checkouts.ts';
import { inSteps } from './oracle/versions.ts';
import { readViews, type ViewName } from './read-views.ts';

/** The views of versions, and the ids of their records. */
const VIEWS = [
  ['product_history', 'product_id'],
  ['price_history', 'product_price_id'],
  ['discount_history', 'discount_id'],
  ['link_history', 'link_id'],
] as const;

/** Follows the catalogs of two merchants into a new database, and compares the views of its versions, and of the feed. */
export async function followedCatalogs({ seed, edits }: { seed: number; edits: number }) {
  const db = await freshDatabase();
  const main = await followCatalog(db, { seed: seed * 2, account: 'default', edits });
  const other = await followCatalog(db, { seed: seed * 2 + 1, account: 'acme', edits: Math.ceil(edits / 2) });
  await walkInVain(other, main);
  const catalogs = [main, other];
  const read = await readViews(db);
  const followed = catalogs.map((catalog) => ({ catalog, versions: catalogVersions(catalog) }));
  const lastSeq = Math.max(...read.rows('changes').map(({ seq }) => Number(seq)));
  const expected: Expected[] = [
    ...VIEWS.map(([view, id]): Expected => [
      view,
      `${id} valid_from`,
      followed.flatMap(({ catalog, versions }) => expectedHistory(catalog, versions[view])),
    ]),
    [
      'changes',
      'relation id seq',
      followed.flatMap(({ catalog, versions }) => expectedChanges(catalog, Object.values(versions).flat())),
    ],
    ['freshness', 'account stream', catalogs.flatMap((catalog) => expectedFreshness(catalog, lastSeq))],
  ];
  const streams = new Map(
    (await rows(db, 'select id, stream from sync.runs')).map(({ id, stream }) => [Number(id), stream]),
  );
  const found = (view: ViewName) => {
    const shown = view === 'changes' ? numbered(read.rows(view), streams) : read.rows(view);
    return shown.map((row) => withSteps(row, catalogs));
  };
  return {
    wrong: wrongCells(expected, found),
    versions: followed.flatMap(({ versions }) => Object.values(versions).flat()),
  };
}

const FED = new Set(['polar.products', 'polar.product_prices', 'polar.discounts', 'polar.checkout_links']);

/** Changes of the catalog, each with its number among those of its record, and with the stream of its run. */
function numbered(changes: readonly ReportRow[], streams: ReadonlyMap<number, unknown>): ReportRow[] {
  const seen = new Map<string, number>();
  const own = changes.filter(({ relation }) => FED.has(String(relation)));
  return own
    .toSorted((one, other) => Number(one.seq) - Number(other.seq))
    .map((row) => {
      const key = `${String(row.relation)} ${String(row.id)}`;
      const seq = seen.get(key) ?? 0;
      seen.set(key, seq + 1);
      return { ...row, seq, run_id: row.run_id === null ? null : streams.get(Number(row.run_id)) };
    });
}

/** Instants at which something was stored, and those of walks. */
const STORED = new Set(['valid_from', 'valid_to', 'deleted_at', 'observed_at', 'history_since', 'failed_at']);
const WALKED = new Set(['complete_until', 'full_until']);

/** The row with the steps in which things were stored instead of the instants. */
function withSteps(row: ReportRow, catalogs: readonly FollowedCatalog[]): ReportRow {
  const catalog = catalogs.find(({ account }) => account === row.account);
  const stepOf = (column: string, value: unknown) => {
    if (!catalog || typeof value !== 'string') return value;
    if (WALKED.has(column)) return inLastWalk(catalog, row.stream, micros(value));
    return STORED.has(column) ? inSteps(catalog.steps, micros(value)) : value;
  };
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, stepOf(column, value)]));
}
