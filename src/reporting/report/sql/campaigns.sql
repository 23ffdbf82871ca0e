select utm_source, utm_campaign, currency, max(minor_digits) as minor_digits, count(*) as opened, count(*) filter (where is_paid) as paid,
  round(count(*) filter (where is_paid)::numeric / nullif(count(*) filter (where is_settled), 0), 6) as conversion,
  sum(net_amount) filter (where is_paid) as net_amount
from analytics.checkouts where created_at >= :month_start and created_at < :month_end and (utm_source, utm_campaign) is distinct from (null, null)
group by utm_source, utm_campaign, currency order by paid desc, opened desc, utm_source, utm_campaign, currency limit 10
