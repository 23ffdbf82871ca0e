select date_trunc('month', created_day)::date as month, currency, max(minor_digits) as minor_digits, count(*) as abandoned,
  count(*) filter (where step = 'attempted') as attempted, sum(total_amount) as total_amount, count(recovered_by) as recovered,
  sum(total_amount) filter (where recovered_by is not null) as recovered_amount
from analytics.abandoned_checkouts where created_at >= :previous_start and created_at < :month_end
group by 1, currency order by 1, abandoned desc, currency
