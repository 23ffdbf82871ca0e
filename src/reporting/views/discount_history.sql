create view analytics.discount_history as
select
  'polar' as source, h.account, h.id as discount_id, h.valid_from,
  lead(h.valid_from) over (partition by h.id order by h.valid_from) as valid_to,
  h.is_exact,
  h.organization_id, h.name, h.code, h.type, h.basis_points, h.amount, h.currency, {{digits h.currency}} as minor_digits, h.amounts, h.duration, h.duration_in_months, h.starts_at, h.ends_at, h.max_redemptions, h.redemptions_count, h.deleted_at
from (
  select distinct on (id, valid_from) * from history.discounts order by id, valid_from, seq desc
) h;

comment on view analytics.discount_history is 'Each state of each discount that was seen';
comment on column analytics.discount_history.name is 'Name given by the merchant';
comment on column analytics.discount_history.code is 'Code that the customer enters; null if only links apply it';
comment on column analytics.discount_history.type is 'fixed (amount, amounts) or percentage (basis_points)';
comment on column analytics.discount_history.basis_points is 'Percentage discount: 1000 is 10 %';
comment on column analytics.discount_history.amount is 'Fixed discount in minor units of currency';
comment on column analytics.discount_history.amounts is 'Fixed discount in minor units, by currency';
comment on column analytics.discount_history.duration is 'once, forever or repeating';
comment on column analytics.discount_history.duration_in_months is 'For repeating discounts';
comment on column analytics.discount_history.starts_at is 'When it becomes valid';
comment on column analytics.discount_history.ends_at is 'When it stops being valid';
comment on column analytics.discount_history.max_redemptions is 'How often it can be used in total';
comment on column analytics.discount_history.redemptions_count is 'How often it had been used';
