select date_trunc('month', day)::date as month, currency, minor_digits, sum(refunds) as refunds, sum(amount) as amount
from analytics.refunds_daily where day >= :previous and day < :next
group by 1, currency, minor_digits order by 1, refunds desc, currency
