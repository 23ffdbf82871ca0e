-- What sync.rolled_up_checkouts has of the days that are rolled up. Nothing in it depends on the time that passes until holds_until.
create view reporting.computed_checkouts as
select
  day, is_rolled_up, account, organization_id, product_id, currency, country,
  min(created_at) as first_created_at,
  count(*) as opened,
  count(*) filter (where opened_at is not null or step in ('attempted', 'completed')) as viewed,
  count(*) filter (where step in ('identified', 'attempted', 'completed')) as identified,
  count(*) filter (where step in ('attempted', 'completed')) as attempted,
  count(*) filter (where outcome = 'paid') as paid,
  count(*) filter (where outcome = 'free') as free,
  count(*) filter (where outcome = 'abandoned') as abandoned,
  count(*) filter (where outcome = 'unengaged') as unengaged,
  count(*) filter (where is_settled) as settled,
  sum(net_amount) filter (where outcome = 'paid')::bigint as net_amount,
  sum(tax_amount) filter (where outcome = 'paid')::bigint as tax_amount,
  sum(discount_given) filter (where outcome = 'paid')::bigint as discount_given,
  sum(total_amount) filter (where outcome = 'paid')::bigint as total_amount,
  min(expires_at + {{grace outcome = 'paying'}}) filter (where not is_settled) as holds_until
from reporting.day_sessions
group by 1, 2, 3, 4, 5, 6, 7;
comment on view reporting.computed_checkouts is 'Checkout sessions per day, product, currency and country, computed from the sessions; not for readers, and subject to change';
