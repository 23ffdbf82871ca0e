/** The types that the contract gives to columns, as Postgres' `format_type` names them. */
export type SqlType =
  | 'uuid'
  | 'text'
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'jsonb'
  | 'timestamp with time zone'
  | 'numeric(17,12)';

/** A table of Polar's as the contract has it. */
export interface TableTruth {
  /** Columns that hold the API's values, and `version_at`. */
  columns: Readonly<Record<string, SqlType>>;
  /** Join tables of which this table is the parent. */
  sets: Readonly<Record<string, SetTruth>>;
}

/** A join table: a parent's rows are compared as one list of tuples of `members`, ordered by the first of them. */
export interface SetTruth {
  parent: string;
  members: readonly string[];
}

type Words = Partial<Record<SqlType, string>>;

const INSTANT = 'timestamp with time zone';

/** The column that every table has. */
export const OWNER = { account: 'text' } as const;

/** Bookkeeping columns that every entity table has beside its own. */
export const BOOKKEEPING: Readonly<Record<string, SqlType>> = {
  ...OWNER,
  version_at: INSTANT,
  observed_at: INSTANT,
  deleted_at: INSTANT,
  extra: 'jsonb',
};

/** Column names by type, each type's names in one text. */
function columns(words: Words): Record<string, SqlType> {
  const typed = (type: SqlType) => (words[type] ?? '').split(/\s+/).filter(Boolean);
  const types: SqlType[] = ['uuid', 'text', 'boolean', 'integer', 'bigint', 'jsonb', INSTANT, 'numeric(17,12)'];
  return Object.fromEntries(types.flatMap((type) => typed(type).map((name) => [name, type])));
}

function table(words: Words, sets: TableTruth['sets'] = {}): TableTruth {
  const common = { uuid: `id ${words.uuid ?? ''}`, [INSTANT]: `created_at version_at ${words[INSTANT] ?? ''}` };
  return { columns: columns({ ...words, ...common }), sets };
}

/** The entity tables, with the sets that hang on them; written down from the API's reference, not from our tables. */
export const TABLES = {
  checkout_links: table(
    {
      uuid: 'discount_id organization_id',
      text: 'label url success_url return_url payment_processor trial_interval',
      boolean: 'allow_discount_codes require_billing_address',
      integer: 'seats units trial_interval_count',
      jsonb: 'metadata',
      [INSTANT]: 'modified_at',
    },
    { checkout_link_products: { parent: 'checkout_link_id', members: ['product_id', 'position'] } },
  ),
  checkouts: table(
    {
      uuid: 'organization_id product_id product_price_id discount_id subscription_id customer_id',
      text: `status payment_processor url success_url return_url embed_origin locale tax_behavior currency
        active_trial_interval trial_interval external_customer_id customer_name customer_email customer_ip_address
        customer_billing_name customer_tax_id payment_method_type`,
      boolean: `allow_trial allow_discount_codes require_billing_address is_discount_applicable is_free_product_price
        is_payment_required is_payment_setup_required is_payment_form_required is_business_customer`,
      integer: `seats min_seats max_seats units min_units max_units active_trial_interval_count trial_interval_count`,
      bigint: 'amount discount_amount net_amount tax_amount total_amount',
      jsonb: `customer_billing_address payment_processor_metadata billing_address_fields metadata customer_metadata
        custom_field_data`,
      [INSTANT]: 'modified_at expires_at trial_end',
    },
    {
      checkout_products: { parent: 'checkout_id', members: ['product_id', 'position'] },
      checkout_prices: { parent: 'checkout_id', members: ['product_price_id', 'product_id', 'position'] },
      checkout_custom_fields: { parent: 'checkout_id', members: ['custom_field_id', 'position', 'required'] },
    },
  ),
  products: table(
    {
      uuid: 'organization_id',
      text: 'name description visibility trial_interval recurring_interval meter_interval',
      boolean: 'is_recurring is_archived is_deletable',
      integer: 'trial_interval_count recurring_interval_count meter_interval_count',
      jsonb: 'metadata',
      [INSTANT]: 'modified_at',
    },
    {
      product_benefits: { parent: 'product_id', members: ['benefit_id', 'position'] },
      product_medias: { parent: 'product_id', members: ['media_id', 'position'] },
    },
  ),
  product_prices: table({
    uuid: 'product_id meter_id',
    text: 'source amount_type price_currency tax_behavior type recurring_interval',
    boolean: 'is_archived legacy',
    integer: 'minimum_units maximum_units',
    bigint: 'price_amount minimum_amount maximum_amount preset_amount cap_amount',
    'numeric(17,12)': 'unit_amount',
    jsonb: 'seat_tiers meter tiers unit_label',
    [INSTANT]: 'modified_at',
  }),
  benefits: table({
    uuid: 'organization_id',
    text: 'type description visibility',
    boolean: 'selectable deletable is_deleted visibility_configurable',
    jsonb: 'metadata properties',
    [INSTANT]: 'modified_at',
  }),
  medias: table({
    uuid: 'organization_id',
    text: `name path mime_type storage_version checksum_etag checksum_sha256_base64 checksum_sha256_hex version service
      size_readable public_url`,
    boolean: 'is_uploaded',
    bigint: 'size',
    [INSTANT]: 'last_modified_at',
  }),
  discounts: table({
    uuid: 'organization_id',
    text: 'type duration currency name code',
    integer: 'duration_in_months basis_points max_redemptions max_redemptions_per_customer redemptions_count',
    bigint: 'amount',
    jsonb: 'amounts metadata',
    [INSTANT]: 'modified_at starts_at ends_at',
  }),
  custom_fields: table({
    uuid: 'organization_id',
    text: 'type slug name',
    jsonb: 'metadata properties',
    [INSTANT]: 'modified_at',
  }),
} satisfies Record<string, TableTruth>;

/** The name of an entity table in schema `polar`. */
export type TableName = keyof typeof TABLES;

/** All entity tables' names. */
export const TABLE_NAMES = Object.keys(TABLES).filter((name): name is TableName => name in TABLES);
