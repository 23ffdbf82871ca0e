import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity, type Settled } from '../../model/entity.ts';
import { free, personal, pseudonym } from '../../model/privacy.ts';
import { offeredPrices } from './checkout-members.ts';
import { customField, customFields } from './custom-field.ts';
import { discount, discounts } from './discount.ts';
import { statesOf } from './history.ts';
import { attachedFields, setOf } from './relations.ts';
import { product, productPrice, productPrices, products } from './product.ts';
import { identity, instant, money, owned, polar, position, versioned } from './schema.ts';

export const checkouts = withComments(
  polar.table(
    'checkouts',
    {
      ...identity(),
      expires_at: instant(),
      status: text(),
      payment_processor: text(),
      url: text(),
      success_url: text(),
      return_url: text(),
      embed_origin: text(),
      locale: text(),
      amount: money(),
      discount_amount: money(),
      net_amount: money(),
      tax_amount: money(),
      tax_behavior: text(),
      total_amount: money(),
      currency: text(),
      seats: integer(),
      min_seats: integer(),
      max_seats: integer(),
      units: integer(),
      min_units: integer(),
      max_units: integer(),
      allow_trial: boolean(),
      active_trial_interval: text(),
      active_trial_interval_count: integer(),
      trial_end: instant(),
      trial_interval: text(),
      trial_interval_count: integer(),
      organization_id: uuid(),
      product_id: uuid().references(() => products.id),
      product_price_id: uuid().references(() => productPrices.id),
      discount_id: uuid().references(() => discounts.id),
      subscription_id: uuid(),
      customer_id: uuid(),
      external_customer_id: text(),
      allow_discount_codes: boolean(),
      require_billing_address: boolean(),
      is_discount_applicable: boolean(),
      is_free_product_price: boolean(),
      is_payment_required: boolean(),
      is_payment_setup_required: boolean(),
      is_payment_form_required: boolean(),
      is_business_customer: boolean(),
      customer_name: text(),
      customer_email: text(),
      customer_ip_address: text(),
      customer_billing_name: text(),
      customer_billing_address: jsonb(),
      customer_tax_id: text(),
      payment_method_type: text(),
      payment_processor_metadata: jsonb(),
      billing_address_fields: jsonb(),
      metadata: jsonb(),
      customer_metadata: jsonb(),
      custom_field_data: jsonb(),
      ...versioned(),
    },
    (table) => [
      index().on(table.created_at),
      // Most sessions have ended; this finds the others.
      index()
        .on(table.status)
        .where(sql`status in ('open', 'confirmed')`),
      index().on(table.product_id),
      index()
        .on(table.discount_id)
        .where(sql`discount_id is not null`),
      // By time as well, for the views for reports: the first session of a customer, and the next one that succeeded.
      index('checkouts_customer_index')
        .on(table.customer_id, table.status, table.created_at, table.id)
        .where(sql`customer_id is not null`),
      index()
        .on(table.subscription_id)
        .where(sql`subscription_id is not null`),
      // The views for reports look up the buyer of an e-mail address.
      index('checkouts_buyer_index')
        .on(sql`lower(customer_email)`, table.organization_id, table.customer_id, table.customer_email)
        .where(sql`status = 'succeeded' and customer_id is not null`),
    ],
  ),
  'Checkout sessions: one row for each visit to a link and each session created by the merchant’s code, even if its page was never opened. Amounts are in minor units of currency',
  {
    modified_at:
      'When Polar last changed it, including the first opening of its page, which sends no webhook; null until the first change',
    expires_at: 'When an unpaid session ends; status follows up to 15 minutes later',
    status: 'open, confirmed, succeeded, expired or failed; a failed payment turns confirmed back into open',
    payment_processor: 'stripe',
    url: 'Address of the session’s page',
    success_url: free('Where the customer goes after paying'),
    return_url: free('Where the customer goes when going back'),
    embed_origin: free('Site in which the checkout is embedded'),
    locale: 'Language shown, such as en or fr-CA',
    amount: 'Price before discount and tax',
    discount_amount:
      'Computed for each response from today’s discount, even for old sessions; what a discount cost is amount less net_amount, less tax_amount if tax_behavior is inclusive',
    net_amount:
      'Price without tax, with the discount of that time: amount less the discount, less tax_amount if tax_behavior is inclusive',
    tax_amount: 'Tax; null until the customer’s location is known, 0 if there is nothing to pay',
    tax_behavior: 'inclusive: amount includes the tax; exclusive: the tax is added; null while there is no tax',
    total_amount: 'What the customer pays: net_amount plus tax_amount',
    currency: 'ISO 4217 in lower case; jpy and krw have no decimals, kwd has three, most have two',
    seats: 'Number of seats chosen',
    min_seats: 'Minimum number of seats',
    max_seats: 'Maximum number of seats',
    units: 'Number of units chosen',
    min_units: 'Minimum number of units',
    max_units: 'Maximum number of units',
    allow_trial: 'Whether a trial is given',
    active_trial_interval: 'Trial that applies: day, week, month or year; computed for each response',
    active_trial_interval_count: 'Length of the trial that applies; computed for each response',
    trial_end: 'When the trial would end',
    trial_interval: 'Trial set on the session: day, week, month or year',
    trial_interval_count: 'Length of the trial set on the session',
    product_id: 'Product chosen',
    product_price_id: 'Price chosen; deprecated by Polar',
    discount_id: 'Discount applied',
    subscription_id: 'Subscription that this session changes',
    customer_id: pseudonym('Customer at Polar', 'customer'),
    external_customer_id: personal('Customer in the merchant’s own system', { identifies: 'external' }),
    allow_discount_codes: 'Whether the customer may enter a code',
    require_billing_address: 'Whether the full billing address is required',
    is_discount_applicable: 'Whether a discount can apply to the product; computed for each response',
    is_free_product_price: 'Whether the price is free; computed for each response',
    is_payment_required: 'Whether there is something to pay now; computed for each response',
    is_payment_setup_required: 'Whether a payment method must be stored; computed for each response',
    is_payment_form_required: 'Whether the payment form is shown; computed for each response',
    is_business_customer: 'Whether the customer buys as a business',
    customer_name: personal('Name given by the customer or the merchant; replaced when the customer is anonymized'),
    customer_email: personal(
      'E-mail address given by the customer or the merchant; replaced when the customer is anonymized',
      { identifies: 'email' },
    ),
    customer_ip_address: personal('IPv4 or IPv6 address of the customer; replaced when the customer is anonymized'),
    customer_billing_name: personal('Name on the invoice; replaced when the customer is anonymized'),
    customer_billing_address: personal(
      'country, which Polar fills in from the IP address, and line1, line2, postal_code, city, state once entered; all except country and state are replaced when the customer is anonymized',
      { keeps: ['country', 'state'] },
    ),
    customer_tax_id: personal('Tax number of the customer; replaced when the customer is anonymized'),
    payment_method_type:
      'Payment method, such as card, as chosen in the form before any attempt to pay; null for free sessions',
    payment_processor_metadata: free('Data of the payment processor for the payment form'),
    billing_address_fields: 'Which parts of the address are required, optional or disabled; computed for each response',
    metadata: free(
      'Key-value pairs: those of the link, and reference_id and utm_* of the visited URL unless the link has that key; a session does not name its link',
    ),
    customer_metadata: free('Key-value pairs copied to the customer'),
    custom_field_data: free('Answers to custom fields, by slug'),
  },
);

const session = () => uuid().references(() => checkouts.id);

export const checkoutProducts = withComments(
  polar.table(
    'checkout_products',
    { ...owned(), checkout_id: session(), product_id: uuid().references(() => products.id), position: position() },
    (table) => [primaryKey({ columns: [table.checkout_id, table.product_id] }), index().on(table.product_id)],
  ),
  'Products that a session offers',
  { checkout_id: 'The session', product_id: 'The product' },
);

export const checkoutPrices = withComments(
  polar.table(
    'checkout_prices',
    {
      ...owned(),
      checkout_id: session(),
      product_price_id: uuid().references(() => productPrices.id),
      product_id: uuid(),
      position: position(),
    },
    (table) => [primaryKey({ columns: [table.checkout_id, table.product_price_id] })],
  ),
  'Prices that a session offers: those created for it, or those of the catalog',
  {
    checkout_id: 'The session',
    product_price_id: 'The price',
    product_id: 'Product under which the session lists the price',
    position: 'Position in the product’s list of prices, from 0',
  },
);

export const checkoutCustomFields = withComments(
  polar.table(
    'checkout_custom_fields',
    {
      ...owned(),
      checkout_id: session(),
      custom_field_id: uuid().references(() => customFields.id),
      position: position(),
      required: boolean(),
    },
    (table) => [primaryKey({ columns: [table.checkout_id, table.custom_field_id] })],
  ),
  'Custom fields that a session asks for: those of the chosen product',
  {
    checkout_id: 'The session',
    custom_field_id: 'The custom field',
    position: 'Position of the field; order in the API',
    required: 'Whether an answer is required',
  },
);

/** Columns of a session that make up its funnel; other changes are irrelevant to it, or personal. */
const FUNNEL_COLUMNS = [
  'status',
  'product_id',
  'product_price_id',
  'discount_id',
  'currency',
  'amount',
  'net_amount',
  'tax_amount',
  'total_amount',
  'seats',
  'units',
  'payment_method_type',
  'modified_at',
];

export const checkoutHistory = statesOf(checkouts, {
  key: 'checkout_id',
  columns: FUNNEL_COLUMNS,
  flags: {
    has_email: 'Whether there was an e-mail address, typed or prefilled',
    has_address: 'Whether there was a street or postal code; a country alone comes from the IP address',
  },
});

/** Polar's job expires sessions up to 15 minutes after their end. */
const settled: Settled = {
  column: 'status',
  values: ['succeeded', 'expired', 'failed'],
  until: 'expires_at',
  grace: '15 minutes',
};

/** A checkout session. The wire repeats some fields under the names they had before. */
export const checkout = entity(checkouts, {
  relations: {
    products: setOf(product, checkoutProducts, 'product_id'),
    product: { kind: 'one', entity: product },
    product_price: { kind: 'one', entity: productPrice },
    prices: { kind: 'set', entity: productPrice, into: checkoutPrices, members: offeredPrices },
    discount: { kind: 'one', entity: discount },
    attached_custom_fields: {
      kind: 'set',
      entity: customField,
      into: checkoutCustomFields,
      members: attachedFields,
    },
  },
  aliases: {
    customer_external_id: 'external_customer_id',
    customer_billing_address_fields: 'billing_address_fields',
    subtotal_amount: 'net_amount',
  },
  history: {
    table: checkoutHistory,
    states: {
      key: 'checkout_id',
      columns: FUNNEL_COLUMNS,
      flags: {
        has_email: ['customer_email'],
        has_address: ['customer_billing_address.line1', 'customer_billing_address.postal_code'],
      },
      settled,
    },
  },
  expiry: settled,
});
