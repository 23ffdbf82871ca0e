import type { ApiAnswer } from '../api.ts';
import { micros } from '../instants.ts';
import type { CheckoutRow } from './checkouts/record.ts';
import { listAnswer, pageOf } from './list.ts';
import type { ListParameters } from './parameters.ts';
import type { PolarSettings } from './settings.ts';
import type { State } from './state.ts';
import { checkoutText } from './checkouts/wire.ts';

/** What sessions can be sorted by; newest first unless asked otherwise. */
export const CHECKOUT_CRITERIA = ['created_at', 'expires_at', 'status'] as const;

/** The page of sessions asked for. */
export function listCheckouts(
  state: State,
  settings: PolarSettings,
  wanted: ListParameters,
  request: number,
): ApiAnswer {
  const slots = slotsOf(state, wanted);
  const valueOf = (slot: number, key: string) => sortValue(state, slot, key);
  const page = pageOf({ rows: slots, valueOf }, wanted, settings, state.seed, request);
  const items = page.map((slot) => checkoutText(state, state.sessions.row(slot)));
  return listAnswer(items, slots.length, wanted.limit);
}

function sortValue({ sessions }: State, slot: number, key: string): string | number {
  if (key === 'created_at') return sessions.createdAt(slot);
  return key === 'status' ? sessions.status(slot) : micros(sessions.row(slot).expires_at);
}

/** The matching slots. A filter on the status alone needs no session drawn up. */
function slotsOf({ sessions, organizationId }: State, { filters, query }: ListParameters): readonly number[] {
  const { organization_id, status, ...others } = filters;
  if (organization_id && !organization_id.includes(organizationId)) return [];
  const all = sessions.timeline.rows;
  const standing = status ? all.filter((slot) => status.includes(sessions.status(slot))) : all;
  if (Object.keys(others).length === 0 && query === undefined) return standing;
  return standing.filter((slot) => matches(sessions.row(slot), others, query));
}

function matches(
  row: CheckoutRow,
  { product_id, customer_id, external_customer_id }: ListParameters['filters'],
  query: string | undefined,
): boolean {
  return (
    among(product_id, row.product_id) &&
    among(customer_id, row.customer_id) &&
    among(external_customer_id, row.external_customer_id) &&
    (query === undefined || like(query, row.customer_email))
  );
}

function among(wanted: readonly string[] | undefined, value: string | null): boolean {
  return wanted === undefined || (value !== null && wanted.includes(value));
}

/** `ILIKE '%query%'`, in which `%` and `_` keep their meaning. */
function like(query: string, email: string | null): boolean {
  if (email === null) return false;
  const pattern = query
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(pattern, 'is').test(email);
}
