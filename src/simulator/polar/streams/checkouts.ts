import { micros, MINUTE } from '../../instants.ts';
import type { Random } from '../../random.ts';
import type { Step } from '../../traffic.ts';
import { renameProduct } from '../catalog/products.ts';
import { rowsInStatus, sessionRow } from '../checkouts/change.ts';
import { checkoutEdits, type CheckoutEdits } from '../checkouts/edits.ts';
import { stepsOf } from '../checkouts/steps.ts';
import { checkoutMap } from '../checkouts/map.ts';
import type { Checkout } from '../checkouts/record.ts';
import { seededSessions } from '../checkouts/seed.ts';
import { sessionStore, type Sessions } from '../checkouts/sessions.ts';
import { checkoutText } from '../checkouts/wire.ts';
import type { Link } from '../links/record.ts';
import type { State } from '../state.ts';
import { polarStream } from '../stream.ts';

/** The checkout sessions; `seededLinks` are those that seeded ones were made from, `links` those that may be visited. A row of their list is a slot, so that a million of them are sorted and counted without being drawn up. */
export function checkoutStream(state: State, seededLinks: readonly Link[], links: ReadonlyMap<string, Link>) {
  const seeded = seededSessions(state, seededLinks);
  for (const price of seeded.adHocPrices()) state.prices.set(price.id, price);
  const sessions = sessionStore(seeded);
  const edits = checkoutEdits(state, sessions, links);
  const text = (id: string) => checkoutText(state, sessionRow(sessions, id));
  const json = (id: string): unknown => JSON.parse(text(id));
  const stream = polarStream<Checkout, number, CheckoutEdits>(state, {
    // Polar: still served under `/v1/checkouts/custom/`, their first address.
    paths: ['/v1/checkouts', '/v1/checkouts/custom'],
    scopes: ['checkouts:read', 'checkouts:write'],
    records: checkoutMap(state, sessions),
    isServed: (id) => sessions.slotOf(id) !== undefined,
    json,
    text,
    list: {
      rows: () => sessions.timeline.rows,
      idOf: (slot) => sessions.row(slot).id,
      filters: {
        status: {
          type: ['open', 'expired', 'confirmed', 'succeeded', 'failed'],
          valueOf: (slot) => sessions.status(slot),
        },
        product_id: { type: 'uuid', valueOf: (slot) => sessions.row(slot).product_id },
        customer_id: { type: 'uuid', valueOf: (slot) => sessions.row(slot).customer_id },
        external_customer_id: { type: 'text', valueOf: (slot) => sessions.row(slot).external_customer_id },
      },
      searched: (slot) => sessions.row(slot).customer_email,
      criteria: {
        created_at: (slot) => sessions.createdAt(slot),
        expires_at: (slot) => micros(sessions.row(slot).expires_at),
        status: (slot) => sessions.status(slot),
      },
      defaultSorting: '-created_at',
      texts: (page) => page.map((slot) => checkoutText(state, sessions.row(slot))),
    },
    webhooks: { 'checkout.created': json, 'checkout.updated': json, 'checkout.expired': json },
    edits,
    driver: {
      create: (created_at) => edits.createCheckout({ discount_id: null, ...(created_at && { created_at }) }).id,
      edit: (id) => void edits.updateCheckout(id, { customer_name: `Edited at ${state.clock.now()}` }),
      editNested: (id) => renameProduct(state, sessionRow(sessions, id).product_ids[0]),
      remove: (id) => edits.hardDeleteCheckout(id),
    },
    traffic: () => sessionTraffic(sessions, edits, { links, runDueExpiry: dueExpiry(state, edits) }),
  });
  return { ...stream, sessions, seeded, stepsOf: (id: string) => stepsOf(state, seeded, id) };
}

/** New sessions, openings, what their buyers type, confirmations, payments and expiry. */
function sessionTraffic(
  sessions: Sessions,
  edits: CheckoutEdits,
  { links, runDueExpiry }: { links: ReadonlyMap<string, Link>; runDueExpiry: () => void },
): Step[] {
  const idsOf = (status: 'open' | 'confirmed') => rowsInStatus(sessions, status).map((row) => row.id);
  const ids = { open: idsOf('open'), confirmed: idsOf('confirmed') };

  /** Takes a random session that still has the status, and files it under the status that it gets. */
  function take(status: 'open' | 'confirmed', chance: Random, edit: (id: string) => Checkout): void {
    if (ids[status].length === 0) return;
    const [id] = ids[status].splice(chance.integer(0, ids[status].length - 1), 1);
    const slot = id === undefined ? undefined : sessions.slotOf(id);
    if (id === undefined || slot === undefined || sessions.status(slot) !== status) return;
    const { status: next } = edit(id);
    if (next === 'open' || next === 'confirmed') ids[next].push(id);
  }

  function visit(chance: Random): void {
    const served = [...links.values()].filter((link) => link.deleted_at === null && link.product_ids.length > 0);
    if (served.length > 0) ids.open.push(edits.visitLink(chance.pick(served).id).id);
  }

  return [
    [15, () => void ids.open.push(edits.createCheckout().id)],
    [25, visit],
    [8, (chance) => take('open', chance, (id) => edits.identify(id))],
    [4, (chance) => take('open', chance, (id) => edits.typeAddress(id))],
    [4, (chance) => take('open', chance, (id) => edits.chooseMethod(id))],
    [18, (chance) => take('open', chance, (id) => edits.openCheckout(id))],
    [14, (chance) => take('open', chance, (id) => edits.confirm(id))],
    [12, (chance) => take('confirmed', chance, (id) => edits.succeed(id))],
    [3, (chance) => take('confirmed', chance, (id) => edits.failPayment(id))],
    [2, runDueExpiry],
  ];
}

/** Runs the expiry job once in each quarter of an hour, as Polar does; it has run in the present one. */
function dueExpiry({ clock }: State, edits: CheckoutEdits): () => void {
  const quarter = () => Math.floor(micros(clock.now()) / (15 * MINUTE));
  let last = quarter();
  return () => {
    if (quarter() <= last) return;
    last = quarter();
    edits.runExpiryJob();
  };
}
