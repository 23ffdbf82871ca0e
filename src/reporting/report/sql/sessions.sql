select date_trunc('month', day)::date as month, sum(opened) as opened,
  case when count(viewed) = count(*) then sum(viewed) end as viewed, sum(identified) as identified,
  case when count(attempted) = count(*) then sum(attempted) end as attempted, sum(paid) as paid, sum(free) as free,
  sum(abandoned) as abandoned, sum(settled) as settled,
  round(sum(paid) / nullif(sum(settled), 0), 6) as conversion, bool_and(is_final) as is_final
from analytics.checkouts_daily where day >= :previous and day < :next
group by 1 order by 1
