-- Whose an e-mail address is, for questions about all sessions; reporting.sessions looks up one address after another. Each part is in
-- the order of an index, so that nothing is sorted or hashed. OFFSET 0 keeps the processes of a parallel plan from building it once each.
create view reporting.buyers as
select distinct on (email, organization_id) organization_id, email, customer_id
from (
  (select distinct on (lower(email), organization_id) organization_id, lower(email) as email, id as customer_id
  from polar.customers where deleted_at is null and polar_deleted_at is null
  order by lower(email), organization_id, id)
  union all
  (select distinct on (lower(customer_email), organization_id) organization_id, lower(customer_email), customer_id
  from polar.checkouts where status = 'succeeded' and customer_id is not null
  order by lower(customer_email), organization_id, customer_id)
) known
order by email, organization_id, customer_id
offset 0;
comment on view reporting.buyers is 'Customers by e-mail address; not for readers, and subject to change';
