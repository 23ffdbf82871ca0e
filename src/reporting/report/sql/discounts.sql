select discount_id, max(discount_name) as discount_name, currency, max(minor_digits) as minor_digits, count(*) as opened,
  count(*) filter (where is_paid) as paid,
  round(count(*) filter (where is_paid)::numeric / nullif(count(*) filter (where is_settled), 0), 6) as conversion,
  sum(discount_given) filter (where is_paid) as discount_given
from analytics.checkouts where created_at >= :month_start and created_at < :month_end
group by discount_id, currency order by opened desc, discount_id, currency limit 10
