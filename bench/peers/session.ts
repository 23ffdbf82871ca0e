/** A Stripe checkout session as the other engines read it, with as many bytes as Polar's. */
export function stripeSession(index: number, created: number): Record<string, unknown> {
  return { ...paidSession(index, created), line_items: lineItems(index), custom_fields: customFields };
}

const images = ['https://files.shop.example/front.png', 'https://files.shop.example/back.png'];
const description = 'What the product is, and for whom it was made, in as much text as merchants write. '.repeat(4);

/** A price with its product, of a catalog of thirty. */
const priceOf = (number: number) => ({
  id: `price_${String(number).padStart(14, '0')}`,
  object: 'price',
  currency: 'usd',
  product: { id: `prod_${number}`, object: 'product', name: `Product ${number}`, description, images, metadata: {} },
  recurring: { interval: 'month', interval_count: 1, meter: null, usage_type: 'licensed' },
  type: 'recurring',
  unit_amount: 1900 + number,
  unit_amount_decimal: String(1900 + number),
});

const itemOf = (index: number, at: number) => ({
  id: `li_${index}_${at}`,
  object: 'item',
  amount_discount: 0,
  amount_subtotal: 1900,
  amount_tax: 0,
  amount_total: 1900,
  currency: 'usd',
  description: 'A thing',
  price: priceOf((index * 7 + at) % 30),
  quantity: 1,
});

const customFields = Array.from({ length: 3 }, (_, at) => ({
  key: `field_${at}`,
  label: { custom: `Field ${at}`, type: 'custom' },
  optional: false,
  type: 'dropdown',
  dropdown: { options: Array.from({ length: 6 }, (__, option) => ({ label: `Option ${option}`, value: `${option}` })) },
}));

/** They bring a session to 11.6 kB of JSON, as many as Polar's sessions have. */
const ITEMS = 10;

const lineItems = (index: number) => ({
  object: 'list',
  data: Array.from({ length: ITEMS }, (_, at) => itemOf(index, at)),
  has_more: false,
  url: '/v1/checkout/sessions/line_items',
});

/** A paid session with what every one has: 1.7 kB. */
function paidSession(index: number, created: number): Record<string, unknown> {
  const number = String(index).padStart(8, '0');
  const amount = 1000 + (index % 9000);
  return {
    ...absent,
    id: sessionId(index),
    object: 'checkout.session',
    allow_promotion_codes: false,
    amount_subtotal: amount,
    amount_total: amount + 200,
    automatic_tax: { enabled: false, liability: null, status: null },
    cancel_url: 'https://shop.example/cart',
    client_reference_id: `order-${index}`,
    created,
    currency: 'usd',
    custom_fields: [],
    custom_text: { after_submit: null, submit: null },
    customer: `cus_${number}`,
    customer_creation: 'always',
    customer_details: {
      address: null,
      email: `buyer${index}@example.com`,
      name: `Buyer ${index}`,
      phone: null,
      tax_exempt: 'none',
      tax_ids: [],
    },
    discounts: [],
    expires_at: created + 86_400,
    livemode: false,
    locale: 'auto',
    metadata: { campaign: 'autumn', order: String(index) },
    mode: 'payment',
    payment_intent: `pi_${number}`,
    payment_link: `plink_${index % 50}`,
    payment_method_types: ['card'],
    payment_status: 'paid',
    phone_number_collection: { enabled: false },
    status: 'complete',
    success_url: 'https://shop.example/thanks',
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 200 },
    ui_mode: 'hosted',
  };
}

const absent = Object.fromEntries(
  [
    'adaptive_pricing',
    'after_expiration',
    'billing_address_collection',
    'client_secret',
    'consent',
    'consent_collection',
    'currency_conversion',
    'customer_email',
    'invoice',
    'invoice_creation',
    'recovered_from',
    'setup_intent',
    'shipping_address_collection',
    'submit_type',
    'subscription',
    'url',
  ].map((name) => [name, null]),
);

const PREFIX = 'cs_test_';

const sessionId = (index: number) => `${PREFIX}${String(index).padStart(8, '0')}`;

/** The number in a session's id. */
export const indexOf = (id: string) => Number(id.slice(PREFIX.length));

/** The one line item of a session. */
export const lineItem = (session: string) => ({
  id: `li_${session.slice(PREFIX.length)}`,
  object: 'item',
  amount_discount: 0,
  amount_subtotal: 1000,
  amount_tax: 200,
  amount_total: 1200,
  currency: 'usd',
  description: 'A thing',
  price: null,
  quantity: 1,
});

/** The part of an OpenAPI description that `@stripe/sync-engine` needs to create its table: each property becomes a column. */
export function openApi(): unknown {
  const types = { string: 'string', number: 'integer', boolean: 'boolean', object: 'object' } as const;
  const columns = Object.entries(stripeSession(0, 0)).map(([name, value]) => {
    const kind = value === null ? 'string' : (typeof value as keyof typeof types);
    return [name, { type: types[kind], nullable: name !== 'id' }];
  });
  const session = { type: 'object', 'x-resourceId': 'checkout.session', properties: Object.fromEntries(columns) };
  return {
    openapi: '3.0.0',
    info: { version: '2020-08-27', title: 'sessions' },
    paths: {},
    components: { schemas: { 'checkout.session': session } },
  };
}
