create view analytics.orders as
select
  'polar' as source, o.account, o.organization_id, o.id as order_id, o.created_at,
  (o.created_at at time zone {{timezone}})::date as created_day,
  o.deleted_at, o.status, o.paid as is_paid, o.billing_reason,
  coalesce(o.billing_reason in ('subscription_cycle', 'subscription_meter_cycle'), false) as is_renewal,
  o.checkout_id, o.subscription_id, o.product_id, p.name as product_name, o.discount_id, d.name as discount_name,
  o.seats, o.units, o.currency, {{digits o.currency}} as minor_digits,
  o.subtotal_amount, o.discount_amount, o.net_amount, o.tax_amount, o.total_amount, o.due_amount,
  o.refunded_amount, o.refunded_tax_amount, o.platform_fee_amount, o.platform_fee_currency,
  {{money o.net_amount, n.digits}} as net_money,
  {{money o.tax_amount, n.digits}} as tax_money,
  {{money o.total_amount, n.digits}} as total_money,
  {{money o.refunded_amount, n.digits}} as refunded_money,
  o.billing_address ->> 'country' as country,
  o.customer_id::text as customer_key,
  case when o.paid and o.deleted_at is null and o.customer_id is not null then not exists (
    select from polar.orders e
    where e.customer_id = o.customer_id and e.paid and e.deleted_at is null and (e.created_at, e.id) < (o.created_at, o.id)
  ) end as is_first_order
from polar.orders o
left join lateral (select {{digits o.currency}} as digits) n on true
left join polar.products p on p.id = o.product_id
left join polar.discounts d on d.id = o.discount_id;

comment on view analytics.orders is 'Every order: purchases, renewals and changes of subscriptions; other views leave out deleted ones. Needs the stream polar.orders';
comment on column analytics.orders.order_id is 'The order';
comment on column analytics.orders.created_day is 'Day on which it was created, in the time zone REPORT_TIMEZONE';
comment on column analytics.orders.status is 'draft, pending, paid, refunded, partially_refunded or void';
comment on column analytics.orders.is_paid is 'Whether it was paid; true for refunded orders and those with nothing to pay as well';
comment on column analytics.orders.billing_reason is 'purchase, subscription_create, subscription_cycle, subscription_update or subscription_meter_cycle';
comment on column analytics.orders.is_renewal is 'Whether it renews a subscription';
comment on column analytics.orders.checkout_id is 'Checkout session that it came from; null for renewals';
comment on column analytics.orders.subscription_id is 'Subscription that it is for; null for one-time products';
comment on column analytics.orders.product_id is 'Product sold';
comment on column analytics.orders.discount_id is 'Discount applied';
comment on column analytics.orders.seats is 'Number of seats';
comment on column analytics.orders.units is 'Number of units';
comment on column analytics.orders.subtotal_amount is 'Price before discount and tax, in minor units';
comment on column analytics.orders.discount_amount is 'Amount of the discount, in minor units';
comment on column analytics.orders.due_amount is 'Amount left to pay after the customer’s balance, in minor units';
comment on column analytics.orders.refunded_amount is 'Refunded so far, without tax, in minor units';
comment on column analytics.orders.refunded_tax_amount is 'Tax refunded so far, in minor units';
comment on column analytics.orders.platform_fee_amount is 'Polar’s fee in minor units of platform_fee_currency; 0 until shortly after the payment';
comment on column analytics.orders.platform_fee_currency is 'Currency of the fee; null until it is known';
comment on column analytics.orders.refunded_money is 'refunded_amount in the currency’s major unit';
comment on column analytics.orders.country is 'Country of the billing address';
comment on column analytics.orders.is_first_order is 'Whether a paid order is the customer’s first, by created_at; null for other orders and deleted ones';
