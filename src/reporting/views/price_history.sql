create view analytics.price_history as
select
  'polar' as source, h.account, h.id as product_price_id, h.valid_from,
  lead(h.valid_from) over (partition by h.id order by h.valid_from) as valid_to,
  h.is_exact,
  h.product_id, h.source as made_for, h.amount_type, h.price_currency as currency, {{digits h.price_currency}} as minor_digits, h.price_amount, h.minimum_amount, h.maximum_amount, h.preset_amount, h.unit_amount, h.cap_amount, h.seat_tiers, h.tiers, h.tax_behavior, h.recurring_interval, h.is_archived, h.deleted_at
from (
  select distinct on (id, valid_from) * from history.product_prices order by id, valid_from, seq desc
) h;

comment on view analytics.price_history is 'Each state of each price that was seen. An edited price is a new price, and the old one is archived';
comment on column analytics.price_history.product_price_id is 'The price';
comment on column analytics.price_history.made_for is 'catalog, or ad_hoc if created for one session';
comment on column analytics.price_history.amount_type is 'fixed, custom, seat_based, metered_unit, unit_based, metered_tiers; free on old prices';
comment on column analytics.price_history.price_amount is 'fixed: price in minor units';
comment on column analytics.price_history.minimum_amount is 'custom: lowest amount in minor units';
comment on column analytics.price_history.maximum_amount is 'custom: highest amount in minor units';
comment on column analytics.price_history.preset_amount is 'custom: preset amount in minor units';
comment on column analytics.price_history.unit_amount is 'metered_unit: price per unit in minor units, with 12 decimals';
comment on column analytics.price_history.cap_amount is 'metered: maximum charge per period, in minor units';
comment on column analytics.price_history.seat_tiers is 'seat_based: price per seat by number of seats';
comment on column analytics.price_history.tiers is 'unit_based, metered_tiers: price per unit by number of units';
comment on column analytics.price_history.tax_behavior is 'location, inclusive or exclusive';
comment on column analytics.price_history.recurring_interval is 'Interval of a legacy price';
comment on column analytics.price_history.is_archived is 'Whether the product no longer offers it';
