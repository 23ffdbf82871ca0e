-- Products by what came of their sessions. Table.
-- Variables: account is a text.
select coalesce(product_name, 'no product') as product, currency, opened, paid, conversion, net_money as net, discount_given_money as discounts
from analytics.product_performance
where opened > 0 [[and account = {{account}}]]
order by paid desc, opened desc, product
