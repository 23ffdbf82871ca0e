import type { StreamDriver } from '../driver.ts';
import { HOUR, later, MINUTE } from '../instants.ts';
import type { Polar } from './polar.ts';

/** The streams that the simulated Polar serves, by the names that checkout-sync gives them. */
export type PolarStreamName = 'polar.checkout_links' | 'polar.checkouts';

/** A driver for each stream of Polar. */
export function polarDrivers(polar: Polar): Record<PolarStreamName, StreamDriver> {
  return { 'polar.checkout_links': linkDriver(polar), 'polar.checkouts': checkoutDriver(polar) };
}

function linkDriver(polar: Polar): StreamDriver {
  const create = (created_at?: string) => polar.createLink({ ...(created_at && { created_at }) }).id;
  return {
    webhookTypes: [],
    seed: (count) => instantsBefore(polar, count).map(create),
    create: () => create(),
    edit: (id) => void polar.updateLink(id, { label: `Edited at ${polar.clock.now()}` }),
    editNested: (id) => renameProduct(polar, polar.links.get(id)?.product_ids[0]),
    remove: (id) => void polar.deleteLink(id),
    restore: (id) => void polar.restoreLink(id),
    list: () => [...polar.links.values()].filter((link) => link.deleted_at === null).map((link) => link.id),
    json: polar.json.link,
  };
}

function checkoutDriver(polar: Polar): StreamDriver {
  const create = (created_at?: string) =>
    polar.createCheckout({ ...(created_at && { created_at }), discount_id: null }).id;
  return {
    webhookTypes: ['checkout.created', 'checkout.updated', 'checkout.expired'],
    seed: (count) => instantsBefore(polar, count).map(create),
    create: () => create(),
    edit: (id) => void polar.updateCheckout(id, { customer_name: `Edited at ${polar.clock.now()}` }),
    editNested: (id) => renameProduct(polar, polar.checkouts.get(id)?.product_ids[0]),
    remove: (id) => polar.hardDeleteCheckout(id),
    list: () => [...polar.checkouts.keys()].toReversed(),
    json: polar.json.checkout,
  };
}

function renameProduct(polar: Polar, id: string | undefined): void {
  if (id === undefined) throw new RangeError('the record has no product');
  polar.updateProduct(id, { name: `Renamed at ${polar.clock.now()}` });
}

/** Instants a minute apart, the last one an hour before the simulated present. */
function instantsBefore({ clock }: Polar, count: number): string[] {
  const last = later(clock.now(), -HOUR);
  return Array.from({ length: count }, (_, number) => later(last, (number + 1 - count) * MINUTE));
}
