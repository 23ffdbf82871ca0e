-- Sessions with a sign of a customer in their history, for questions about all sessions. A look-up for each session takes longer, and
-- keeps Postgres from a parallel plan.
create view reporting.past_signs as
select distinct checkout_id from history.checkouts where has_email or has_address or status = 'confirmed';
comment on view reporting.past_signs is 'Checkout sessions that showed a sign of a customer; not for readers, and subject to change';
