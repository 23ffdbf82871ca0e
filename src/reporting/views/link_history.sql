create view analytics.link_history as
select
  'polar' as source, h.account, h.id::text as link_id, h.valid_from,
  lead(h.valid_from) over (partition by h.id order by h.valid_from) as valid_to,
  h.is_exact,
  h.organization_id, h.label, h.discount_id, array(select m ->> 'product_id' from jsonb_array_elements(h.products) m order by (m ->> 'position')::integer) as product_ids, h.seats, h.units, h.allow_discount_codes, h.trial_interval, h.trial_interval_count, h.deleted_at
from (
  select distinct on (id, valid_from) * from history.checkout_links order by id, valid_from, seq desc
) h;

comment on view analytics.link_history is 'Each state of each checkout link of Polar that was seen';
comment on column analytics.link_history.label is 'Name given by the merchant';
comment on column analytics.link_history.discount_id is 'Discount applied from the start';
comment on column analytics.link_history.product_ids is 'Products that it offered, in their order';
comment on column analytics.link_history.seats is 'Preset number of seats';
comment on column analytics.link_history.units is 'Preset number of units';
comment on column analytics.link_history.allow_discount_codes is 'Whether the customer may enter a code';
comment on column analytics.link_history.trial_interval is 'day, week, month or year; overrides the product’s';
comment on column analytics.link_history.trial_interval_count is 'Length of the trial in trial_interval';
