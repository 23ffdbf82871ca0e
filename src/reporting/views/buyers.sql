-- Whose an e-mail address is, for questions about all sessions; reporting.sessions looks up one address after another.
create view reporting.buyers as
select organization_id, email, min(customer_id::text)::uuid as customer_id
from (
  select organization_id, lower(email) as email, id as customer_id
  from polar.customers where deleted_at is null and polar_deleted_at is null
  union all
  select organization_id, lower(customer_email), customer_id
  from polar.checkouts where status = 'succeeded' and customer_id is not null
) known
group by 1, 2;
comment on view reporting.buyers is 'Customers by e-mail address; not for readers, and subject to change';
