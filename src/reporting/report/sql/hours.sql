select extract(isodow from created_at at time zone :timezone)::int as weekday,
  extract(hour from created_at at time zone :timezone)::int as hour, count(*) as paid
from analytics.checkouts where is_paid and created_at >= :month_start and created_at < :month_end
group by 1, 2 order by 1, 2
