create view analytics.links as
select
  'polar' as source, l.account, l.organization_id, l.id::text as link_id, l.label,
  l.deleted_at is null as is_active,
  l.created_at, l.modified_at, l.deleted_at,
  l.discount_id::text as discount_id,
  d.name as discount_name,
  array(select p.product_id::text from polar.checkout_link_products p where p.checkout_link_id = l.id order by p.position) as product_ids,
  array(select coalesce(n.name, '') from polar.checkout_link_products p left join polar.products n on n.id = p.product_id
    where p.checkout_link_id = l.id order by p.position) as product_names,
  l.seats, l.units, l.allow_discount_codes,
  (select jsonb_object_agg(key, l.metadata -> key) from unnest({{metadata_keys}}) key where l.metadata ? key) as metadata,
  l.metadata <> '{}' and not exists (
    select from polar.checkout_links o where o.organization_id = l.organization_id and o.id <> l.id and o.metadata = l.metadata
  ) as is_attributable
from polar.checkout_links l
left join polar.discounts d on d.id = l.discount_id
union all
select
  'fynn', l.account, null::uuid, l.id, l.slug,
  l.deleted_at is null and coalesce(l.is_enabled, true),
  null::timestamptz, null::timestamptz, l.deleted_at,
  null, null,
  array(select coalesce(i.product_id, i.plan_id, '') from fynn.checkout_link_items i where i.checkout_link_id = l.id order by i.position),
  array(select coalesce(p.name, n.name, '') from fynn.checkout_link_items i left join fynn.products p on p.id = i.product_id
    left join fynn.plans n on n.id = i.plan_id where i.checkout_link_id = l.id order by i.position),
  null::integer, null::integer, null::boolean, null::jsonb, false
from fynn.checkout_links l;

comment on view analytics.links is 'Every checkout link, of all sources';
comment on column analytics.links.label is 'Name given by the merchant; at Fynn, the last part of the address';
comment on column analytics.links.is_active is 'Whether customers can use it';
comment on column analytics.links.discount_id is 'Discount applied from the start';
comment on column analytics.links.product_ids is 'Products that it offers, in their order; at Fynn, products and plans';
comment on column analytics.links.product_names is 'Names of the products, in the same order; empty if not known';
comment on column analytics.links.seats is 'Preset number of seats';
comment on column analytics.links.units is 'Preset number of units';
comment on column analytics.links.allow_discount_codes is 'Whether the customer may enter a code';
comment on column analytics.links.metadata is 'Key-value pairs of the link with keys in REPORT_METADATA_KEYS; null without any';
comment on column analytics.links.is_attributable is 'Whether its metadata distinguishes its sessions from those of other links; give each link its own value';
