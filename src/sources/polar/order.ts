import { boolean, index, integer, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { BY_AGE, entity } from '../../model/entity.ts';
import { isObject } from '../../model/json.ts';
import { free, personal, pseudonym } from '../../model/privacy.ts';
import { customer, customers } from './customer.ts';
import { discount, discounts } from './discount.ts';
import { withOrganization } from './organization.ts';
import { product, products } from './product.ts';
import { subscription } from './subscription.ts';
import { identity, instant, money, polar, versioned } from './schema.ts';

export const orders = withComments(
  polar.table(
    'orders',
    {
      ...identity(),
      status: text(),
      paid: boolean(),
      billing_reason: text(),
      subtotal_amount: money(),
      discount_amount: money(),
      net_amount: money(),
      tax_amount: money(),
      total_amount: money(),
      applied_balance_amount: money(),
      due_amount: money(),
      refunded_amount: money(),
      refunded_tax_amount: money(),
      refundable_amount: money(),
      refundable_tax_amount: money(),
      platform_fee_amount: money(),
      platform_fee_currency: text(),
      currency: text(),
      description: text(),
      invoice_number: text(),
      is_invoice_generated: boolean(),
      receipt_number: text(),
      seats: integer(),
      units: integer(),
      next_payment_attempt_at: instant(),
      customer_id: uuid().references(() => customers.id),
      product_id: uuid().references(() => products.id),
      discount_id: uuid().references(() => discounts.id),
      subscription_id: uuid(),
      checkout_id: uuid(),
      billing_name: text(),
      billing_address: jsonb(),
      metadata: jsonb(),
      custom_field_data: jsonb(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [
      index().on(table.created_at),
      index().on(table.status),
      index().on(table.checkout_id),
      index().on(table.customer_id),
      index().on(table.subscription_id),
      index().on(table.product_id),
      index().on(table.discount_id),
      index().on(table.organization_id),
    ],
  ),
  'Orders: one for each purchase, renewal and change of a subscription, including free ones. Amounts are in minor units of currency',
  {
    modified_at: 'When Polar last changed it, including fields that the API does not show; null until the first change',
    status:
      'draft, pending, paid, refunded, partially_refunded or void; pending while payments are retried, for three weeks',
    paid: 'Whether it was paid; true for refunded orders as well',
    billing_reason:
      'purchase, subscription_create, subscription_cycle, subscription_update or subscription_meter_cycle',
    subtotal_amount: 'Price before discount and tax',
    discount_amount: 'Amount of the discount',
    net_amount: 'After discount and before tax: what Polar counts as revenue',
    tax_amount: 'Tax',
    total_amount: 'net_amount plus tax_amount',
    applied_balance_amount: 'Customer’s balance applied; negative if credit was used',
    due_amount: 'Amount left to pay: total_amount plus applied_balance_amount, at least 0',
    refunded_amount: 'Refunded so far, without tax',
    refunded_tax_amount: 'Tax refunded so far',
    refundable_amount: 'What can still be refunded, without tax',
    refundable_tax_amount: 'Tax that would be refunded with refundable_amount',
    platform_fee_amount: 'Polar’s fee, including the payment fee; 0 until shortly after the payment',
    platform_fee_currency: 'Currency of platform_fee_amount; null until that is known',
    currency: 'ISO 4217 in lower case; jpy and krw have no decimals, kwd has three, most have two',
    description: 'What was sold, such as the product’s name',
    invoice_number: 'Number of the invoice; null while it is a draft',
    is_invoice_generated: 'Whether the invoice’s file exists',
    receipt_number: 'Number of the receipt, if the organization sends receipts',
    seats: 'Number of seats, for one-time products sold by seats',
    units: 'Number of units, for products sold by units',
    next_payment_attempt_at:
      'When the payment is tried again; null after the last attempt. Polar sends no webhook for later attempts',
    customer_id: pseudonym('Customer at Polar', 'customer'),
    product_id: 'Product sold; null if none was named',
    discount_id: 'Discount applied',
    subscription_id: 'Subscription that it is for; null for one-time products',
    checkout_id: 'Checkout session that it came from; null for renewals',
    billing_name: personal('Name on the invoice; kept by Polar when the customer is anonymized'),
    billing_address: personal(
      'country, line1, line2, postal_code, city, state; kept by Polar when the customer is anonymized',
      { keeps: ['country', 'state'] },
    ),
    metadata: free('Key-value pairs of the session, or set by the merchant'),
    custom_field_data: free('Answers to the product’s custom fields, by slug'),
    organization_id: 'Organization of its customer; an order does not name one',
  },
);

export const orderItems = withComments(
  polar.table(
    'order_items',
    {
      ...identity(),
      order_id: uuid().references(() => orders.id),
      label: text(),
      amount: money(),
      tax_amount: money(),
      proration: boolean(),
      product_price_id: uuid(),
      start_timestamp: instant(),
      end_timestamp: instant(),
      ...versioned(),
    },
    (table) => [index().on(table.order_id), index().on(table.product_price_id)],
  ),
  'Lines of orders. Amounts are in minor units of the order’s currency',
  {
    order_id: 'Order that it is a line of',
    label: 'Text on the invoice, such as the product’s name',
    amount: 'Price before discount and tax; negative for credit',
    tax_amount: 'Tax',
    proration: 'Whether it charges or credits the rest of a period',
    product_price_id: 'Price charged, which may be archived or created for one session; null for credit and trials',
    start_timestamp: 'Start of the period it is for; null for one-time products and older lines',
    end_timestamp: 'End of the period it is for; null for one-time products and older lines',
  },
);

/** A line of an order; on the wire it does not name the order. */
export const orderItem = entity(orderItems);

/**
 * An order with its lines, and with the whole customer, product, discount and subscription as they are today, deleted ones
 * included. The product comes without prices, benefits and medias, the discount without products, the subscription without
 * customer, product, prices, usage and pending change: what is stored of these stays.
 */
export const order = entity(orders, {
  relations: {
    customer: { kind: 'one', entity: customer },
    product: { kind: 'one', entity: product },
    discount: { kind: 'one', entity: discount },
    subscription: { kind: 'one', entity: subscription },
    items: {
      kind: 'owned',
      entity: orderItem,
      by: 'order_id',
      element: (raw, _index, order_id) => (isObject(raw) ? { ...raw, order_id } : raw),
      onRemoved: 'delete',
    },
  },
  // The names that these had before are still sent.
  aliases: {
    amount: 'net_amount',
    from_balance_amount: 'applied_balance_amount',
    user_id: 'customer_id',
    user: 'customer',
    product_price_id: 'items',
    product_price: 'items',
  },
  toColumns: withOrganization,
  expiry: BY_AGE,
});
