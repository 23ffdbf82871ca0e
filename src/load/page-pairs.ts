import type { ClientBase } from 'pg';
import { planOf } from '../database/table-plan.ts';
import type { Entity } from '../model/entity.ts';
import { blockRanges } from './block-ranges.ts';

/** The pages of a walk, which are numbered from 1. */
export interface SeenPages {
  walkId: string;
  /** Number of pages. */
  pages: number;
}

/** A part of a table, and the pages that probably show its records. */
export interface PagePair {
  /** SQL condition on the rows `t`. */
  range: string;
  pages: number[];
}

/** Most pages that are looked up: pages that follow one another mostly show records that were stored one after the other. */
const MOST_LOOKUPS = 2000;

/**
 * Divides a table of `blocks` blocks into about `parts` parts, and pairs each with the pages whose records it probably holds,
 * whichever way the pages run. Each row and each page is in exactly one pair, and no pair has many more pages than twice the
 * average: the others, or all if the records are stored in no such order, are paired with no part.
 */
export async function pairPages(
  client: Pick<ClientBase, 'query'>,
  entity: Entity,
  { walkId, pages }: SeenPages,
  { blocks, parts, lookups = MOST_LOOKUPS }: { blocks: number; parts: number; lookups?: number },
): Promise<PagePair[]> {
  const size = Math.max(1, Math.ceil(blocks / parts));
  const most = Math.ceil((2 * pages) / parts);
  const pairs = blockRanges(blocks, size).map((range): PagePair => ({ range, pages: [] }));
  const step = Math.max(1, Math.ceil(pages / lookups));
  const places = await placesOf(client, entity, { walkId, size, step });
  const isOrdered = 2 * places.filter(({ first, last }) => first === last).length > places.length;
  const others: number[] = [];
  for (const { number, first } of places) {
    const pair = isOrdered && first !== null ? pairs[first] : undefined;
    const numbers = pair && pair.pages.length < most ? pair.pages : others;
    for (let page = number; page < number + step && page <= pages; page++) numbers.push(page);
  }
  for (let at = 0; at < others.length; at += most) pairs.push({ range: 'false', pages: others.slice(at, at + most) });
  return pairs;
}

/** A page, and the parts of the table in which its first and its last record are stored; null if it is not. */
interface PagePlace {
  number: number;
  first: number | null;
  last: number | null;
}

/** Looks up one page of each `step`, in a table that is divided into parts of `size` blocks. */
async function placesOf(
  client: Pick<ClientBase, 'query'>,
  { table }: Entity,
  { walkId, size, step }: { walkId: string; size: number; step: number },
): Promise<PagePlace[]> {
  const { sqlName, columns } = planOf(table);
  const partOf = (at: string) =>
    `(select floor((t.ctid::text::point)[0] / ${size}) from ${sqlName} t where t.id = p.ids[${at}]::${columns[0]?.sqlType})`;
  const { rows } = await client.query<PagePlace>(
    `select number, ${partOf('1')} as first, ${partOf('cardinality(p.ids)')} as last from sync.seen_pages p
     where walk_id = $1 and (number - 1) % ${step} = 0 order by number`,
    [walkId],
  );
  return rows;
}
