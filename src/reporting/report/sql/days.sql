select day, sum(opened) as opened, sum(paid) as paid, sum(abandoned) as abandoned, bool_and(is_final) as is_final
from analytics.checkouts_daily where day >= :month and day < :next
group by day order by day
