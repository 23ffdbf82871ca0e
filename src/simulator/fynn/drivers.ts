import type { StreamDriver } from '../driver.ts';
import type { Fynn } from './fynn.ts';

/** The streams that the simulated Fynn serves, by the names that checkout-sync gives them. */
export type FynnStreamName = 'fynn.checkout_links' | 'fynn.price_plans';

/** A driver for each stream of Fynn. */
export function fynnDrivers(fynn: Fynn): Record<FynnStreamName, StreamDriver> {
  return { 'fynn.checkout_links': linkDriver(fynn), 'fynn.price_plans': priceDriver(fynn) };
}

/** Fynn: links have neither times nor webhooks, and those that no active price names are in no list. */
function linkDriver(fynn: Fynn): StreamDriver {
  const create = () => {
    const active = [...fynn.prices.values()].find((price) => price.status === 'active') ?? fynn.createPrice();
    return fynn.createLink({ items: [{ priceId: active.id }] }).id;
  };
  return {
    webhookTypes: [],
    seed: (count) => Array.from({ length: count }, create),
    create,
    edit: (id) => void fynn.updateLink(id, { slug: `edited-${fynn.clock.now()}` }),
    editNested: (id) => renameProduct(fynn, id),
    remove: (id) => void fynn.deleteLink(id),
    list: () => [...fynn.links.values()].filter((link) => link.deletedAt === null).map((link) => link.id),
    json: fynn.json.link,
  };
}

/** Fynn: an archived price is in no list, but is still read by id, so that nothing removes one. */
function priceDriver(fynn: Fynn): StreamDriver {
  const create = () => fynn.createPrice().id;
  return {
    webhookTypes: ['price_plan.archived'],
    seed: (count) => Array.from({ length: count }, create),
    create,
    edit: (id) => void fynn.changePrice(id, (fynn.prices.get(id)?.price.amount ?? 0) + 1),
    list: () => [...fynn.prices.values()].filter((price) => price.status === 'active').map((price) => price.id),
    json: fynn.json.pricePlan,
  };
}

function renameProduct(fynn: Fynn, linkId: string): void {
  const item = fynn.items.get(fynn.links.get(linkId)?.itemIds[0] ?? '');
  const productId = fynn.prices.get(item?.priceId ?? '')?.productId;
  if (productId === undefined) throw new RangeError(`link ${linkId} sells nothing`);
  fynn.updateProduct(productId, { name: `Umbenannt ${fynn.clock.now()}` });
}
