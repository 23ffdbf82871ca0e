create view analytics.refunds_daily as
select
  'polar' as source, r.account, r.organization_id, (r.created_at at time zone {{timezone}})::date as day, o.product_id, p.name as product_name, r.reason,
  r.currency, {{digits r.currency}} as minor_digits,
  count(*) as refunds,
  sum(r.amount)::bigint as amount,
  sum(r.tax_amount)::bigint as tax_amount,
  {{money sum(r.amount), min(n.digits)}} as amount_money,
  {{money sum(r.tax_amount), min(n.digits)}} as tax_money
from polar.refunds r
left join lateral (select {{digits r.currency}} as digits) n on true
left join polar.orders o on o.id = r.order_id
left join polar.products p on p.id = o.product_id
where r.status = 'succeeded' and r.deleted_at is null
group by 1, 2, 3, 4, 5, 6, 7, 8, 9;

comment on view analytics.refunds_daily is 'Refunds that succeeded, per day of creation, product of the order, reason and currency, without deleted ones. Needs the stream polar.refunds';
comment on column analytics.refunds_daily.product_id is 'Product of the order';
comment on column analytics.refunds_daily.reason is 'duplicate, fraudulent, customer_request, service_disruption, satisfaction_guarantee, dispute_prevention or other';
comment on column analytics.refunds_daily.refunds is 'Refunds';
comment on column analytics.refunds_daily.amount is 'Refunded without tax, in minor units';
comment on column analytics.refunds_daily.tax_amount is 'Tax refunded, in minor units';
