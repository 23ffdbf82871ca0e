select c.link_id, max(l.label) as label, c.link_match, c.currency, max(c.minor_digits) as minor_digits, count(*) as opened,
  count(*) filter (where c.is_paid) as paid,
  round(count(*) filter (where c.is_paid)::numeric / nullif(count(*) filter (where c.is_settled), 0), 6) as conversion,
  sum(c.net_amount) filter (where c.is_paid) as net_amount
from analytics.checkouts c left join analytics.links l on l.source = c.source and l.link_id = c.link_id
where c.created_at >= :month_start and c.created_at < :month_end
group by c.link_id, c.link_match, c.currency order by paid desc, opened desc, c.link_id, c.link_match, c.currency limit 10
