-- Abandoned sessions that nobody came back for, with their value. Table.
-- Variables: since is a date, account a text.
select created_at, product_name as product, currency, total_money as total, step, round(hours_idle) as hours_idle
from analytics.abandoned_checkouts
where created_at >= {{since}} and recovered_by is null and total_amount > 0 [[and account = {{account}}]]
order by currency, total_amount desc, created_at
