import { OPTIONAL_STREAMS } from '../support/source.ts';

/** The records of every stream. An organization is its own owner. */
const RECORDS = [
  ...['checkout_links', 'checkouts', ...OPTIONAL_STREAMS].map((table) => {
    const owner = table === 'organizations' ? 'id' : 'organization_id';
    return `select account, 'polar.${table}' as stream, id::text, ${owner}::text as organization_id, deleted_at from polar.${table}`;
  }),
  ...['checkout_links', 'price_plans'].map(
    (table) => `select account, 'fynn.${table}', id::text, null, deleted_at from fynn.${table}`,
  ),
].join('\n  union all ');

/** Streams whose deletions webhooks tell of: a record may be deleted after a walk has seen it. */
const TOLD = `('polar.customers', 'polar.benefits', 'polar.discounts')`;

/**
 * Triggers that record violations in the transaction that writes them: a row that goes back to an older version; a page that
 * is stored without its rows, by a run that has ended, or for a walk that is over; and a tombstone for a record that the
 * completed walk saw. `chaos.no_space()` is for triggers that simulate a full disk.
 */
export const AUDIT = `
create schema chaos;
create function chaos.no_space() returns trigger language plpgsql as $$ begin
  raise exception 'could not extend file "base/5/16384": No space left on device' using errcode = 'disk_full';
end $$;
create table chaos.violations (at timestamptz not null default clock_timestamp(), what text not null);
create table chaos.outages (at timestamptz not null default now(), source text not null, account text not null);

create view chaos.records as
  ${RECORDS};

create function chaos.no_version_goes_back() returns trigger language plpgsql as $$ begin
  if (coalesce(new.version_at, '-infinity'), new.observed_at) < (coalesce(old.version_at, '-infinity'), old.observed_at) then
    insert into chaos.violations (what) values (format('a version goes back: %s %s from (%s, %s) to (%s, %s)',
      tg_table_name, new.id, old.version_at, old.observed_at, new.version_at, new.observed_at));
  end if;
  return null;
end $$;
do $$ declare name text; begin
  for name in select format('%I.%I', c.table_schema, c.table_name) from information_schema.columns c where c.table_schema in ('polar', 'fynn') and c.column_name = 'version_at' loop
    execute format('create trigger audit after update on %s for each row execute function chaos.no_version_goes_back()', name);
  end loop;
end $$;

create function chaos.no_page_alone() returns trigger language plpgsql as $$ declare lost text; begin
  select min(s.id) into lost from unnest(new.ids) as s(id)
    where not exists (select from chaos.records t where t.id = s.id);
  if lost is not null then
    insert into chaos.violations (what) values (format('a checkpoint is ahead of its rows: page %s has %s', new.number, lost));
  end if;
  if not exists (select from sync.runs r where r.id = new.run_id and r.outcome is null) then
    insert into chaos.violations (what) values (format('page %s is stored by run %s, which has ended', new.number, new.run_id));
  end if;
  if not exists (select from sync.checkpoints c where c.walk_id = new.walk_id) then
    insert into chaos.violations (what) values (format('page %s is stored for walk %s, which is over', new.number, new.walk_id));
  end if;
  return null;
end $$;
create constraint trigger audit after insert on sync.seen_pages deferrable initially deferred
  for each row execute function chaos.no_page_alone();

create function chaos.no_tombstone_for_what_was_seen() returns trigger language plpgsql as $$ declare deleted text; begin
  select min(s.id) into deleted from sync.seen_pages p cross join unnest(p.ids) as s(id)
    where p.walk_id = new.walk_id and exists (
      select from chaos.records t where t.id = s.id and t.deleted_at is not null and t.stream not in ${TOLD});
  if deleted is not null then
    insert into chaos.violations (what) values (format('a tombstone for what the complete run %s saw: %s', new.id, deleted));
  end if;
  return null;
end $$;
create trigger audit after update on sync.runs for each row when (new.outcome = 'complete' and new.mode = 'full')
  execute function chaos.no_tombstone_for_what_was_seen();`;

/** Every column that refers to a row of another table. */
const REFERENCES = [
  ['checkout_link_products', 'checkout_link_id', 'checkout_links'],
  ['checkout_link_products', 'product_id', 'products'],
  ['checkout_links', 'discount_id', 'discounts'],
  ['checkouts', 'product_id', 'products'],
  ['checkouts', 'product_price_id', 'product_prices'],
  ['checkouts', 'discount_id', 'discounts'],
  ['checkout_products', 'checkout_id', 'checkouts'],
  ['checkout_products', 'product_id', 'products'],
  ['checkout_prices', 'checkout_id', 'checkouts'],
  ['checkout_prices', 'product_price_id', 'product_prices'],
  ['checkout_custom_fields', 'checkout_id', 'checkouts'],
  ['checkout_custom_fields', 'custom_field_id', 'custom_fields'],
  ['product_prices', 'product_id', 'products'],
  ['product_benefits', 'product_id', 'products'],
  ['product_benefits', 'benefit_id', 'benefits'],
  ['product_medias', 'product_id', 'products'],
  ['product_medias', 'media_id', 'medias'],
  ['product_custom_fields', 'product_id', 'products'],
  ['product_custom_fields', 'custom_field_id', 'custom_fields'],
  ['orders', 'customer_id', 'customers'],
  ['orders', 'product_id', 'products'],
  ['orders', 'discount_id', 'discounts'],
  ['order_items', 'order_id', 'orders'],
  ['refunds', 'dispute_id', 'disputes'],
  ['subscription_prices', 'subscription_id', 'subscriptions'],
  ['subscription_prices', 'product_price_id', 'product_prices'],
  ['subscription_meters', 'subscription_id', 'subscriptions'],
  ['customer_meters', 'customer_id', 'customers'],
  ['customer_meters', 'meter_id', 'meters'],
  ['benefit_grants', 'customer_id', 'customers'],
  ['benefit_grants', 'benefit_id', 'benefits'],
  ['events', 'customer_id', 'customers'],
  ['discount_products', 'discount_id', 'discounts'],
  ['discount_products', 'product_id', 'products'],
] as const;

const orphans = REFERENCES.map(
  ([child, column, parent]) =>
    `select 'a child without its parent: ${child}.${column} ' || c.${column} as what from polar.${child} c
     where c.${column} is not null and not exists (select from polar.${parent} p where p.id = c.${column})`,
);

/** Finds records of an incomplete full walk's pages that are not stored, or that have a tombstone. */
const SEEN = `select case when t.id is null then 'a checkpoint is ahead of its rows: ' else 'a tombstone for what the walk saw: ' end
    || c.stream || ' ' || s.id
  from sync.checkpoints c join sync.seen_pages p using (walk_id) cross join unnest(p.ids) as s(id)
  left join chaos.records t on t.stream = c.stream and t.id = s.id
  where c.mode = 'full' and (t.id is null or t.deleted_at is not null and t.stream not in ${TOLD})`;

/** Finds records that another account than that of their organization has. */
const MISPLACED = `select 'a record of another account: ' || t.account || ' has ' || t.stream || ' ' || t.id
  from chaos.records t join sync.accounts a on a.source = 'polar' and a.identity @> array[t.organization_id] where a.account <> t.account`;

/** Errors that retries overcome: the source's faults are all shorter than the retries of a request. */
const PASSING = '^(no response to GET|the source failed|rate limited|the response to GET)';

/** Finds every violation of what must hold at any moment. */
export const VIOLATIONS = [
  'select what from chaos.violations',
  ...orphans,
  SEEN,
  MISPLACED,
  `select 'an account is known by several: ' || account from sync.accounts where cardinality(identity) > 1`,
  `select 'page ' || number || ' of a walk that is over' from sync.seen_pages p
   where not exists (select from sync.checkpoints c where c.walk_id = p.walk_id)`,
  `select 'a fault that passes failed a run: ' || stream || ' of ' || account || ': ' || error from sync.runs r
   where outcome = 'failed' and error ~ '${PASSING}' and not exists (
     select from chaos.outages o where o.account = r.account and o.source = split_part(r.stream, '.', 1) and r.finished_at >= o.at)`,
].join('\nunion all ');

/** Selects records with a tombstone, to be compared with those that the source has ever deleted. */
export const TOMBSTONES = 'select stream as table, id from chaos.records where deleted_at is not null';
