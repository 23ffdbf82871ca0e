import { micros } from '../../instants.ts';
import type { Random } from '../../random.ts';
import { discountEdits, discountJson, type DiscountEdits } from '../catalog/discounts.ts';
import { addProduct, renameProduct } from '../catalog/products.ts';
import type { Discount } from '../catalog/records.ts';
import { servedRecords, servedRows } from '../catalog/served-records.ts';
import type { State } from '../state.ts';
import { polarStream } from '../stream.ts';

/** The discounts, with the products that they are limited to. */
export function discountStream(state: State) {
  const edits = discountEdits(state);
  const json = (id: string) => discountJson(state, id);
  return polarStream<Discount, Discount, DiscountEdits>(state, {
    paths: ['/v1/discounts'],
    scopes: ['discounts:read', 'discounts:write'],
    isOptional: true,
    isNestedInCore: true,
    ...servedRecords(state.discounts),
    json,
    list: {
      ...servedRows(state.discounts),
      filters: {},
      searched: ({ name, code }) => [name, code].join(' '),
      criteria: {
        created_at: ({ created_at }) => micros(created_at),
        name: ({ name }) => name,
        code: ({ code }) => code,
        redemptions_count: ({ redemptions_count }) => redemptions_count,
        ends_at: ({ ends_at }) => ends_at,
      },
      defaultSorting: '-created_at',
    },
    webhooks: { 'discount.created': json, 'discount.updated': json, 'discount.deleted': json },
    edits,
    driver: {
      create: (created_at) => {
        const dated = created_at === undefined ? {} : { created_at };
        const product_ids = [addProduct(state, dated).id, addProduct(state, dated).id];
        return edits.createDiscount({ product_ids, ...dated }).id;
      },
      edit: (id) => void edits.updateDiscount(id, { name: `Edited at ${state.clock.now()}` }),
      editNested: (id) => renameProduct(state, state.discounts.get(id)?.product_ids[0]),
      remove: (id) => void edits.deleteDiscount(id),
      restore: (id) => void edits.restoreDiscount(id),
    },
    traffic: () => [[1, (chance) => redeemOne(state, edits, chance)]],
  });
}

function redeemOne({ discounts }: State, edits: DiscountEdits, chance: Random): void {
  const { rows } = servedRows(discounts);
  if (rows().length > 0) edits.redeemDiscount(chance.pick(rows()).id);
}
