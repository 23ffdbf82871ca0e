create view analytics.customers as
select
  'polar' as source, c.account, c.organization_id, c.customer_key,
  min(c.created_at) as first_seen_at,
  count(*) as checkouts,
  count(*) filter (where c.is_paid) as purchases,
  min(c.created_at) filter (where c.is_paid) as first_purchase_at,
  max(c.created_at) filter (where c.is_paid) as last_purchase_at,
  (array_agg(c.country order by c.created_at desc) filter (where c.country is not null))[1] as country,
  (select jsonb_object_agg(n.currency, n.net_amount) from (
    select u.currency, sum(u.net_amount) as net_amount
    from unnest(array_agg(c.currency) filter (where c.is_paid), array_agg(c.net_amount) filter (where c.is_paid)) u(currency, net_amount)
    group by u.currency
  ) n) as net_amounts
from (
  -- Evaluates each session once, and not for each column above.
  select account, organization_id, customer_key, created_at, is_paid, country, currency, net_amount from reporting.sessions offset 0
) c
where c.customer_key is not null
group by 2, 3, 4;

comment on view analytics.customers is 'Everybody who left an e-mail address in a checkout session or bought something';
comment on column analytics.customers.first_seen_at is 'When the first session was made';
comment on column analytics.customers.checkouts is 'Sessions';
comment on column analytics.customers.purchases is 'Paid sessions';
comment on column analytics.customers.first_purchase_at is 'When the first paid session was made; null without any';
comment on column analytics.customers.last_purchase_at is 'When the last paid session was made';
comment on column analytics.customers.country is 'Country in the latest session that has one';
comment on column analytics.customers.net_amounts is 'Net amounts of the paid sessions in minor units, by currency; null without any';
