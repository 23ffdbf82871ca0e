import { isDeepStrictEqual } from 'node:util';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { visibleRows, type Row, type Rows, type StreamName } from './rows.ts';
import { TABLE_NAMES, type TableName } from './tables.ts';

/** Allowed contents of a row: in each column its value in one of the variants. */
export interface Expectation {
  variants: readonly Row[];
  /** True if the row must exist; one that was visible only during a walk may be missing. */
  must: boolean;
}

/** Expectations of every entity table by id. */
export type Expectations = Record<TableName, Map<string, Expectation>>;

/**
 * Remembers what the API has shown: rows of records that vanish from its responses stay as they were last seen. Without a
 * witness, {@link differences} expects only the records that are visible now.
 */
export interface Witness {
  readonly streams: readonly StreamName[];
  readonly expectations: Expectations;
  /** To be called before and after each edit during a walk: anything in sight at this moment may have been stored. */
  glance(): void;
  /** To be called after a full walk of each stream that nothing was edited during: all in sight is stored as it is now. */
  walked(): void;
}

/** Starts to remember. `streams` are those that the test walks. */
export function witness(
  { polar }: Pick<Simulator, 'polar'>,
  streams: readonly StreamName[] = ['polar.checkout_links', 'polar.checkouts'],
): Witness {
  const expectations: Expectations = {
    checkout_links: new Map(),
    checkouts: new Map(),
    products: new Map(),
    product_prices: new Map(),
    benefits: new Map(),
    medias: new Map(),
    discounts: new Map(),
    custom_fields: new Map(),
  };
  const before = new Map<StreamName, Rows>();
  return {
    streams,
    expectations,
    glance() {
      // A walk reads one stream, and each nests other parts of the same thing.
      const shown = streams.map((stream) => {
        const visible = visibleRows(polar, [stream]);
        for (const table of TABLE_NAMES)
          addVariants(expectations[table], changed(visible[table], before.get(stream)?.[table]));
        before.set(stream, visible);
        return visible;
      });
      for (const table of TABLE_NAMES) retire(expectations[table], table, shown);
    },
    walked: () => {
      const visible = visibleRows(polar, streams);
      for (const table of TABLE_NAMES) settle(expectations[table], table, visible);
    },
  };
}

/** Rows that are not as they were: the others add nothing, as what was added since holds their values. */
const changed = (rows: Rows[TableName], before: Rows[TableName] | undefined): Rows[TableName] =>
  new Map([...rows].filter(([id, row]) => !isDeepStrictEqual(row, before?.get(id))));

function addVariants(known: Map<string, Expectation>, rows: Rows[TableName]): void {
  for (const [id, row] of rows) {
    const { variants, must } = known.get(id) ?? { variants: [], must: false };
    known.set(id, { variants: distinct([...variants, ...over(variants, row, must)]), must });
  }
}

/** Adds that prices may be archived which no stream shows although their product is there. */
function retire(known: Map<string, Expectation>, table: TableName, shown: readonly Rows[]): void {
  for (const [id, { variants, must }] of known) {
    if (shown.some((visible) => visible[table].has(id))) continue;
    const retired = variants
      .filter((row) => shown.some((visible) => isUnlisted(table, row, visible)))
      .map((row) => ({ ...row, is_archived: true }));
    known.set(id, { variants: distinct([...variants, ...retired]), must });
  }
}

function settle(known: Map<string, Expectation>, table: TableName, visible: Rows): void {
  for (const [id, row] of visible[table]) {
    const { variants, must } = known.get(id) ?? { variants: [], must: false };
    known.set(id, { variants: distinct(over(variants, row, must)), must: true });
  }
  for (const [id, { variants, must }] of vanished(known, table, visible)) {
    known.set(id, { variants: distinct(variants.map((row) => afterVanishing(table, row, visible))), must });
  }
}

/** A payload that lacks a column leaves it alone; unless a walk has surely stored the row, there may be nothing to leave. */
function over(variants: readonly Row[], row: Row, must: boolean): Row[] {
  return [...variants.map((before) => ({ ...before, ...row })), ...(must ? [] : [row])];
}

function vanished(known: ReadonlyMap<string, Expectation>, table: TableName, visible: Rows): [string, Expectation][] {
  return [...known].filter(([id]) => !visible[table].has(id));
}

/** Records of a stream get their tombstone, prices that their product no longer lists are archived, all else stays. */
function afterVanishing(table: TableName, row: Row, visible: Rows): Row {
  if (table === 'checkout_links' || table === 'checkouts') return { ...row, deleted: true };
  return isUnlisted(table, row, visible) ? { ...row, is_archived: true } : row;
}

function isUnlisted(table: TableName, row: Row, visible: Rows): boolean {
  return table === 'product_prices' && row.source === 'catalog' && visible.products.has(String(row.product_id));
}

function distinct(rows: readonly Row[]): Row[] {
  if (rows.length < 2) return [...rows];
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}
