import { randomUuid } from '../../ids.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';
import { plainProduct } from './products.ts';
import { putRecord } from './put-record.ts';
import type { Discount } from './records.ts';

/** Edits of discounts. `at` is the instant of the edit, by default the simulated present. */
export interface DiscountEdits {
  /** By default ten percent, once. Sends `discount.created`. */
  createDiscount(fields?: Partial<Discount>): Discount;
  /** Sends `discount.updated`. Polar: the sessions' `discount_amount` follows, their `modified_at` does not. */
  updateDiscount(id: string, changes: Partial<Omit<Discount, 'id'>>, at?: string): Discount;
  /** One redemption more. Polar: counted by a trigger, moves no `modified_at`, sends nothing. */
  redeemDiscount(id: string): Discount;
  /** One redemption less, as after a failed payment. */
  unredeemDiscount(id: string): Discount;
  /** Polar: a soft delete; the discount stays nested where it was. Sends `discount.deleted`. */
  deleteDiscount(id: string, at?: string): Discount;
  /** By hand in the database; sends nothing. */
  restoreDiscount(id: string, at?: string): Discount;
}

/** The edits on a state. */
export function discountEdits(state: State): DiscountEdits {
  const change = (id: string, changes: Partial<Discount>, at: string) =>
    putRecord(state, 'discounts', { ...found(state.discounts, id, 'discount'), modified_at: at, ...changes });
  return {
    createDiscount: (fields = {}) => {
      const discount = putRecord(state, 'discounts', newDiscount(state, fields));
      state.events.emit('discount.created', discount.id);
      return discount;
    },
    updateDiscount: (id, changes, at = state.clock.now()) => {
      const discount = change(id, changes, at);
      state.events.emit('discount.updated', id);
      return discount;
    },
    redeemDiscount: (id) => redeem(state, id, 1),
    unredeemDiscount: (id) => redeem(state, id, -1),
    deleteDiscount: (id, at = state.clock.now()) => {
      const discount = change(id, { deleted_at: at }, at);
      state.events.emit('discount.deleted', id);
      return discount;
    },
    restoreDiscount: (id, at = state.clock.now()) => change(id, { deleted_at: null }, at),
  };
}

/** Counts redemptions, back with a negative number. */
export function redeem(state: State, id: string, by: number): Discount {
  const discount = found(state.discounts, id, 'discount');
  return putRecord(state, 'discounts', { ...discount, redemptions_count: discount.redemptions_count + by });
}

function newDiscount(state: State, fields: Partial<Discount>): Discount {
  return {
    id: randomUuid(state.chance),
    created_at: state.clock.now(),
    modified_at: null,
    deleted_at: null,
    metadata: {},
    name: 'New discount',
    type: 'percentage',
    duration: 'once',
    code: null,
    starts_at: null,
    ends_at: null,
    max_redemptions: null,
    max_redemptions_per_customer: null,
    redemptions_count: 0,
    organization_id: state.organizationId,
    product_ids: [],
    ...((fields.type ?? 'percentage') === 'percentage' && { basis_points: 1000 }),
    ...fields,
  };
}

/** A discount as links nest it; a deleted one stays nested. */
export function linkDiscountJson(state: State, id: string): unknown {
  return tampered(state, id, minimal(found(state.discounts, id, 'discount')));
}

/** A discount as sessions nest it. Polar: reduced, without timestamps, organization and metadata. */
export function checkoutDiscountJson(state: State, id: string): unknown {
  const discount = found(state.discounts, id, 'discount');
  return tampered(state, id, { id, name: discount.name, code: discount.code, ...shape(discount) });
}

/** A whole discount, as `/v1/discounts/` and webhooks show it. */
export function discountJson(state: State, id: string): unknown {
  const discount = found(state.discounts, id, 'discount');
  const products = discount.product_ids.map((productId) => plainProduct(found(state.products, productId, 'product')));
  return tampered(state, id, { ...minimal(discount), products });
}

function minimal(discount: Discount): Record<string, unknown> {
  const { product_ids: _products, deleted_at: _deleted, ...shown } = discount;
  return shown;
}

function shape({ type, duration, amount, currency, amounts, basis_points, duration_in_months }: Discount) {
  const money = type === 'fixed' ? { amount, currency, amounts } : { basis_points };
  return { type, duration, ...money, ...(duration === 'repeating' && { duration_in_months }) };
}
