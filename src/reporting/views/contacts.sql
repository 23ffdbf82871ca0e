create view analytics_contacts.checkouts as
select
  c.source, c.account, c.organization_id, c.checkout_id, c.created_at, c.outcome, c.step,
  p.customer_email, p.customer_name, c.country, c.product_id, c.product_name,
  c.currency, c.minor_digits, c.net_amount, c.total_amount, c.net_money, c.total_money, c.customer_key
from analytics.checkouts c
join polar.checkouts p on p.id = c.checkout_id
where p.customer_email is not null;

comment on view analytics_contacts.checkouts is 'Checkout sessions with the e-mail address of their customer, to write to those who did not pay. Only for roles with grant --contacts';
comment on column analytics_contacts.checkouts.outcome is 'Settled: paid, free or abandoned. Still open: paying (confirmed) or active';
comment on column analytics_contacts.checkouts.step is 'How far it came: identified, attempted or completed';
comment on column analytics_contacts.checkouts.customer_email is 'E-mail address given by the customer or the merchant (personal)';
comment on column analytics_contacts.checkouts.customer_name is 'Name given by the customer or the merchant (personal)';
comment on column analytics_contacts.checkouts.product_id is 'Product chosen';
