import { getTableConfig } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { findTables, nameOf } from '../../scripts/find-tables.ts';
import { commentsOf, privacyOf } from '../../src/model/comments.ts';
import { MARKS } from '../../src/model/privacy.ts';
import { checkouts } from '../../src/sources/polar/checkout.ts';

/** Columns of text and JSON that somebody looked at: they hold words of the API's, of the merchant's catalog or of ours, never a customer's. */
const PLAIN = {
  'fynn.checkout_link_items': 'id checkout_link_id item_id type product_id plan_id price_plan_id periods',
  'fynn.checkout_links': 'id slug options after_checkout',
  'fynn.plans': 'id family code origin_product_id status name description',
  'fynn.price_plan_checkout_links': 'price_plan_id checkout_link_id',
  'fynn.price_plans': `id internal_name status sales_channel type billing_interval show_price_per_interval currency_code price
    tiers charge product_set_option product`,
  'fynn.products': 'id name description type invoice_visibility',
  'history.checkout_links': 'products via',
  'history.checkouts': 'via',
  'history.discounts': 'products via',
  'history.product_prices': 'via',
  'history.products': 'benefits medias attached_custom_fields via',
  'polar.benefits': 'type description visibility',
  'polar.checkout_links': 'label url payment_processor trial_interval',
  'polar.checkouts': `status payment_processor url locale tax_behavior currency active_trial_interval trial_interval
    payment_method_type billing_address_fields`,
  'polar.customers': 'type locale',
  'polar.custom_fields': 'type slug name properties',
  'polar.discounts': 'type duration currency amounts name code',
  'polar.meters': 'name unit custom_label filter aggregation',
  'polar.events': 'name source label',
  'polar.medias': `name path mime_type storage_version checksum_etag checksum_sha256_base64 checksum_sha256_hex version service
    size_readable public_url`,
  'polar.disputes': 'status currency reason case_id',
  'polar.order_items': 'label',
  'polar.orders': `status billing_reason platform_fee_currency currency description invoice_number receipt_number`,
  'polar.organizations': `slug status avatar_url country default_presentment_currency default_tax_behavior proration_behavior
    feature_settings subscription_settings customer_email_settings customer_portal_settings dispute_settings embed_hosts
    capabilities`,
  'polar.payments': 'processor status currency method trigger decline_reason decline_message',
  'polar.refunds': 'status reason currency',
  'polar.product_prices': `source amount_type price_currency tax_behavior type recurring_interval seat_tiers meter tiers
    unit_label`,
  'polar.products': 'name description visibility trial_interval recurring_interval meter_interval',
  'polar.subscriptions': 'status currency recurring_interval customer_cancellation_reason',
  'sync.accounts': 'source identity missing_scopes',
  'sync.budgets': 'key',
  'sync.changes': 'source relation id op via',
  'sync.checkpoints': 'stream mode list',
  'sync.forgotten': 'source salt hash',
  'sync.histories': 'relation',
  'sync.hook_deliveries': 'type',
  'sync.id_slices': 'ids',
  'sync.pending_deletions': 'stream list ids',
  'sync.rejected_records': 'stream fingerprint',
  'sync.report_keys': 'secret',
  'sync.runs': 'stream mode list outcome error_code',
  'sync.seen_pages': 'span ids',
  'sync.sightings': 'kind id address credential',
  'sync.trimmed_changes': 'source',
  'sync.rolled_up_checkouts': 'currency country',
  'sync.rolled_up_days': 'timezone',
  'sync.rolled_up_sales': 'currency',
  'sync.unknown_fields': 'stream',
  'sync.views': 'name hash',
  'sync.walk_leases': 'stream mode holder',
  'sync.webhook_events': 'source webhook_id type outcome',
};

/** Reasons why columns are plain although their name could be that of personal data. */
const REASONS: Readonly<Record<string, string>> = {
  'fynn.plans.name': 'a plan’s name',
  'fynn.price_plans.internal_name': 'a price’s name',
  'fynn.products.name': 'a product’s name',
  'polar.checkouts.tax_amount': 'an amount',
  'polar.checkouts.tax_behavior': 'inclusive or exclusive',
  'polar.checkouts.require_billing_address': 'whether one is asked for',
  'polar.checkouts.billing_address_fields': 'which parts are asked for',
  'polar.checkouts.is_business_customer': 'whether it is a business',
  'polar.checkout_links.require_billing_address': 'whether one is asked for',
  'polar.custom_fields.name': 'a question’s name',
  'polar.customers.email_verified': 'whether it is proved',
  'polar.discounts.name': 'a discount’s name',
  'polar.discounts.max_redemptions_per_customer': 'a number',
  'polar.events.name': 'a name of Polar’s',
  'polar.medias.name': 'a file’s name',
  'polar.disputes.tax_amount': 'an amount',
  'polar.refunds.tax_amount': 'an amount',
  'polar.order_items.tax_amount': 'an amount',
  'polar.orders.tax_amount': 'an amount',
  'polar.orders.refunded_tax_amount': 'an amount',
  'polar.orders.refundable_tax_amount': 'an amount',
  'polar.product_prices.tax_behavior': 'inclusive or exclusive',
  'polar.meters.name': 'a meter’s name',
  'polar.organizations.avatar_url': 'a merchant’s logo',
  'polar.organizations.default_tax_behavior': 'location, inclusive or exclusive',
  'polar.organizations.allow_customer_updates': 'whether customers may change something',
  'polar.organizations.customer_email_settings': 'which kinds are sent',
  'polar.organizations.customer_portal_settings': 'what is shown',
  'polar.subscriptions.customer_cancellation_reason': 'one of Polar’s words',
  'polar.products.name': 'a product’s name',
  'history.checkouts.has_email': 'whether there is one',
  'history.checkouts.has_address': 'whether there is one',
  'sync.rolled_up_checkouts.tax_amount': 'an amount',
  'sync.rolled_up_sales.tax_amount': 'an amount',
  'sync.rolled_up_sales.new_customers': 'a number',
  'sync.rolled_up_sales.returning_customers': 'a number',
  'sync.sightings.address': 'an API’s address',
  'sync.views.name': 'a view’s name',
};

const PERSONAL =
  /e?mail|name|(?:^|_)ip(?:_|$)|address|street|city|postal|zip|phone|tax|vat|birth|customer|buyer|person/;

/** A column of the history is what it is a copy of. */
const original = (name: string) => name.replace(/^history\./, 'polar.');

const tables = await findTables();
const columns = tables.flatMap((table) =>
  getTableConfig(table).columns.map((column) => ({
    table,
    name: `${nameOf(table)}.${column.name}`,
    column: column.name,
    sqlType: column.getSQLType(),
    ...privacyOf(table, column.name),
  })),
);

test('a column of text or JSON is personal, free, a pseudonym, or known to be plain', () => {
  const known = Object.entries(PLAIN).flatMap(([table, names]) =>
    names.split(/\s+/).map((column) => `${table}.${column}`),
  );
  const plain = columns.filter(
    ({ privacy, sqlType, column }) => privacy === 'plain' && /^(text|json)/.test(sqlType) && column !== 'account',
  );
  const missing = plain.map(({ name }) => name).filter((name) => !known.includes(name));
  expect(missing.filter((name) => !known.includes(original(name)))).toEqual([]);
  const names = new Set(plain.map(({ name }) => name));
  expect(known.filter((name) => !names.has(name))).toEqual([]);
});

test('a column whose name could be one of a person’s data is plain for a written reason only', () => {
  const suspicious = columns.filter(({ privacy, column }) => privacy === 'plain' && PERSONAL.test(column));
  expect(
    suspicious
      .map(({ name }) => name)
      .filter((name) => REASONS[name] === undefined && REASONS[original(name)] === undefined),
  ).toEqual([]);
  const names = new Set(columns.map(({ name }) => name));
  expect(Object.keys(REASONS).filter((name) => !names.has(name))).toEqual([]);
});

test('the comment of a column ends with its class', () => {
  for (const { table, column, privacy } of columns)
    expect(commentsOf(table).columns[column]?.endsWith(MARKS[privacy])).toBe(true);
  expect(commentsOf(checkouts).columns.customer_tax_id).toMatch(/ \(personal\)$/);
});
