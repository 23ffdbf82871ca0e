import type { ApiAnswer } from '../api.ts';
import { micros } from '../instants.ts';
import { listAnswer, pageOf } from './list.ts';
import type { Link } from './link-record.ts';
import type { ListParameters } from './parameters.ts';
import type { PolarSettings } from './settings.ts';
import { found, type State } from './state.ts';
import { linkJson } from './wire/link.ts';

/** What links can be sorted by; oldest first unless asked otherwise. */
export const LINK_CRITERIA = ['created_at', 'label', 'success_url', 'allow_discount_codes'] as const;

/** A link, or one of its products when the list is joined with them. */
interface Row {
  link: Link;
  productId?: string;
}

/** The page of links asked for. */
export function listLinks(state: State, settings: PolarSettings, wanted: ListParameters, request: number): ApiAnswer {
  const rows = rowsOf(state, wanted);
  const page = pageOf({ rows, valueOf }, wanted, settings, state.seed, request);
  const items = wanted.filters.product_id
    ? joinedItems(state, page)
    : page.map(({ link }) => JSON.stringify(linkJson(state, link.id)));
  return listAnswer(items, rows.length, wanted.limit);
}

function rowsOf(state: State, { filters }: ListParameters): Row[] {
  const { organization_id, product_id } = filters;
  if (organization_id && !organization_id.includes(state.organizationId)) return [];
  const links = state.linkTimeline.rows.map((id) => found(state.links, id, 'link'));
  if (!product_id) return links.map((link) => ({ link }));
  return links.flatMap((link) =>
    link.product_ids.filter((id) => product_id.includes(id)).map((productId) => ({ link, productId })),
  );
}

/** Polar: with `product_id`, pages and totals count one row a matching product, and a link shows only the matching products of this page. */
function joinedItems(state: State, page: readonly Row[]): string[] {
  const products = new Map<string, string[]>();
  for (const { link, productId } of page) {
    if (productId !== undefined) products.set(link.id, [...(products.get(link.id) ?? []), productId]);
  }
  return [...products].map(([id, productIds]) => JSON.stringify(linkJson(state, id, productIds)));
}

function valueOf({ link }: Row, key: string): string | number | boolean | null {
  if (key === 'label') return link.label;
  if (key === 'success_url') return link.success_url;
  return key === 'allow_discount_codes' ? link.allow_discount_codes : micros(link.created_at);
}
