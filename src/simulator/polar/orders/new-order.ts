import { randomUuid } from '../../ids.ts';
import { random, type Random } from '../../random.ts';
import { pricesFor, selectionOf } from '../checkouts/derive.ts';
import { outcomeId } from '../checkouts/outcome.ts';
import type { CheckoutRow } from '../checkouts/record.ts';
import type { Price, Product } from '../catalog/records.ts';
import { amountOf } from '../money.ts';
import type { State } from '../state.ts';
import { wasPaid, type BillingReason, type Order, type OrderItem } from './record.ts';

/** Fields that a new order needs; the rest follows from them, or is empty. */
export type NewOrder = Pick<Order, 'id' | 'created_at' | 'customer_id'> & Partial<Order>;

/** Returns an order with defaults for the fields left open: one line for the whole, and no discount and tax. */
export function newOrder(fields: NewOrder): Order {
  const { id, created_at, subtotal_amount = 0, discount_amount = 0, tax_amount = 0, status = 'paid' } = fields;
  const line = { label: 'Order', amount: subtotal_amount, tax_amount, product_price_id: null };
  return {
    modified_at: null,
    deleted_at: null,
    status,
    subtotal_amount,
    discount_amount,
    net_amount: subtotal_amount - discount_amount,
    tax_amount,
    applied_balance_amount: 0,
    refunded_amount: 0,
    refunded_tax_amount: 0,
    platform_fee_amount: 0,
    platform_fee_currency: null,
    currency: 'usd',
    billing_reason: 'purchase',
    billing_name: null,
    billing_address: null,
    invoice_number: status === 'draft' ? null : invoiceNumber(id),
    is_invoice_generated: false,
    receipt_number: null,
    seats: null,
    units: null,
    product_id: null,
    discount_id: null,
    subscription_id: null,
    checkout_id: null,
    next_payment_attempt_at: null,
    metadata: {},
    custom_field_data: {},
    items: [itemOf(id, created_at, 0, line)],
    truth: { failures: 0 },
    ...fields,
  };
}

/** Polar: letters of the customer, and a number that counts their orders. */
export const invoiceNumber = (id: string): string => `NORTH-${id.slice(0, 8).toUpperCase()}-0001`;

/** The order that a session becomes when it succeeds; Polar's fee is not known at first. */
export function orderOfSession(state: State, row: CheckoutRow, at: string): Order | undefined {
  if (row.customer_id === null) return undefined;
  const { product } = selectionOf(state, row);
  const isTrial = row.trial_end !== null;
  const money = isTrial ? { subtotal_amount: 0, net_amount: 0, tax_amount: 0, discount_amount: 0 } : moneyOf(row);
  const id = outcomeId(state.seed, 'order', row.id);
  return newOrder({
    ...money,
    id,
    created_at: at,
    currency: row.currency,
    ...billedFor(state, row, product),
    billing_name: row.customer_billing_name ?? row.customer_name,
    billing_address: row.customer_billing_address,
    is_invoice_generated: row.is_business_customer,
    seats: product?.is_recurring ? null : row.seats,
    units: row.units,
    customer_id: row.customer_id,
    product_id: row.product_id,
    discount_id: row.discount_id,
    checkout_id: row.id,
    metadata: row.metadata,
    custom_field_data: row.custom_field_data,
    items: linesOf(state, row, { id, at, product, money }),
    truth: { failures: row.truth.failures },
  });
}

/** Polar: the session's amounts as they were paid. */
function moneyOf(row: CheckoutRow) {
  const tax_amount = row.tax_amount ?? 0;
  const discount_amount = row.amount - row.net_amount - (row.tax_behavior === 'inclusive' ? tax_amount : 0);
  return { subtotal_amount: row.amount, discount_amount, net_amount: row.net_amount, tax_amount };
}

function billedFor({ seed }: State, row: CheckoutRow, product: Product | undefined) {
  if (!product?.is_recurring) return { billing_reason: 'purchase' as const, subscription_id: null };
  const billing_reason: BillingReason = row.subscription_id === null ? 'subscription_create' : 'subscription_update';
  return { billing_reason, subscription_id: row.subscription_id ?? outcomeId(seed, 'subscription', row.id) };
}

/** Values from which the lines of a session's order are made. */
interface Lined {
  id: string;
  at: string;
  product: Product | undefined;
  money: Pick<Order, 'subtotal_amount' | 'tax_amount'>;
}

/** One line per price, where these make up the amount; the first one has the tax. */
function linesOf(state: State, row: CheckoutRow, { id, at, product, money }: Lined): OrderItem[] {
  const label = product?.name ?? 'Custom order';
  const prices = product ? staticPrices(pricesFor(state, row, product), row) : [];
  const amounts = prices.map((price) => amountOf(price, row.seats ?? row.units ?? 1));
  const isWhole = amounts.length > 0 && amounts.reduce((sum, amount) => sum + amount, 0) === money.subtotal_amount;
  const whole = [{ amount: money.subtotal_amount, product_price_id: row.product_price_id }];
  const lines = isWhole ? prices.map((price, at) => ({ amount: amounts[at] ?? 0, product_price_id: price.id })) : whole;
  return lines.map((line, turn) =>
    itemOf(id, at, turn, { ...line, label, tax_amount: turn === 0 ? money.tax_amount : 0 }),
  );
}

const staticPrices = (prices: readonly Price[], { currency }: CheckoutRow) =>
  prices.filter((price) => price.price_currency === currency && !price.meter);

/** A line of an order; its id follows from the order's. */
export function itemOf(
  orderId: string,
  created_at: string,
  turn: number,
  line: Pick<OrderItem, 'label' | 'amount' | 'tax_amount' | 'product_price_id'>,
): OrderItem {
  const id = randomUuid(chanceOf(orderId, turn));
  return { id, created_at, modified_at: null, proration: false, start_timestamp: null, end_timestamp: null, ...line };
}

const chanceOf = (orderId: string, turn: number): Random =>
  random(parseInt(orderId.slice(0, 8), 16), `item ${turn}`, parseInt(orderId.slice(28), 16));

/** Polar: four percent and forty cents of what was paid, the payment's fee included. */
export function feeOf(order: Order): Pick<Order, 'platform_fee_amount' | 'platform_fee_currency'> {
  const paid = wasPaid(order) ? order.net_amount + order.tax_amount + order.applied_balance_amount : 0;
  return {
    platform_fee_amount: paid > 0 ? Math.round(paid * 0.04) + 40 : 0,
    platform_fee_currency: paid > 0 ? 'usd' : null,
  };
}
