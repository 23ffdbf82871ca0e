select cohort, currency, months_later, sum(customers) as customers, sum(net_amount) as net_amount, max(minor_digits) as minor_digits
from analytics.customer_cohorts
where cohort > :year_before and cohort + months_later * interval '1 month' <= :month
group by cohort, currency, months_later order by currency, cohort, months_later
