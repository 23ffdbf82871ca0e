create view analytics.checkouts_daily as
select
  'polar' as source, c.account, c.organization_id, c.day, c.product_id, p.name as product_name, c.currency,
  {{digits c.currency}} as minor_digits, c.country,
  c.opened,
  case when c.first_created_at >= h.since then c.viewed end as viewed,
  c.identified,
  case when c.first_created_at >= h.since then c.attempted end as attempted,
  c.paid, c.free, c.abandoned, c.unengaged, c.settled,
  c.settled = c.opened and c.day < (now() at time zone {{timezone}})::date as is_final,
  coalesce(c.net_amount, 0) as net_amount,
  coalesce(c.tax_amount, 0) as tax_amount,
  coalesce(c.discount_given, 0) as discount_given,
  coalesce(c.total_amount, 0) as total_amount,
  coalesce({{money_of c.net_amount, c.currency}}, 0) as net_money,
  coalesce({{money_of c.total_amount, c.currency}}, 0) as total_money,
  coalesce({{money_of c.tax_amount, c.currency}}, 0) as tax_money,
  coalesce({{money_of c.discount_given, c.currency}}, 0) as discount_given_money
from reporting.daily_checkouts c
left join polar.products p on p.id = c.product_id
left join (
  select a.account, greatest(h.since, a.first_seen_at) as since
  from sync.histories h join sync.accounts a on a.source = 'polar' where h.relation = 'polar.checkouts'
) h on h.account = c.account;

comment on view analytics.checkouts_daily is 'Checkout sessions per day of creation, product, currency and country. Their outcomes count on the day of creation as well';
comment on column analytics.checkouts_daily.day is 'Day on which the sessions were created, in the time zone REPORT_TIMEZONE';
comment on column analytics.checkouts_daily.opened is 'Sessions created, by visitors of links and by the merchant’s code';
comment on column analytics.checkouts_daily.viewed is 'Sessions whose page was opened, as far as that was seen, including those with an attempt to pay; null before the history began';
comment on column analytics.checkouts_daily.identified is 'Sessions with an e-mail address, a street, an attempt or a payment';
comment on column analytics.checkouts_daily.attempted is 'Sessions with an attempt to pay that was seen; null before the history began';
comment on column analytics.checkouts_daily.paid is 'Sessions that were paid';
comment on column analytics.checkouts_daily.free is 'Sessions that succeeded with nothing to pay, trials included';
comment on column analytics.checkouts_daily.abandoned is 'Sessions that ended without payment although a customer had begun';
comment on column analytics.checkouts_daily.unengaged is 'Sessions that ended without a sign of a customer';
comment on column analytics.checkouts_daily.settled is 'Sessions whose outcome is final: paid, free, abandoned and unengaged';
comment on column analytics.checkouts_daily.is_final is 'True if the day is over and all of these sessions are settled';
comment on column analytics.checkouts_daily.net_amount is 'Net amounts of the paid sessions, in minor units';
comment on column analytics.checkouts_daily.tax_amount is 'Taxes of the paid sessions, in minor units';
comment on column analytics.checkouts_daily.discount_given is 'Discounts of the paid sessions, in minor units';
comment on column analytics.checkouts_daily.total_amount is 'What customers paid, in minor units';
