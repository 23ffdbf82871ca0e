select country, sum(opened) as opened, sum(paid) as paid, round(sum(paid) / nullif(sum(settled), 0), 6) as conversion
from analytics.checkouts_daily where day >= :month and day < :next
group by country order by paid desc, opened desc, country limit 10
