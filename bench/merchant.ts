import { session } from './cluster.ts';
import { createViews } from './roll-up.ts';

/** A number between 0 and 1 that follows from the row's; each `draw` is another one. */
const chance = (draw: number) => `((hashint8extended(n, ${draw}) & 1048575) / 1048576.0)`;

const idOf = (kind: string, number: string) => `md5('${kind}' || ${number})::uuid`;

const ORGANIZATION = idOf('organization', "'1'");

/** Sessions of two years, the last one of now; those of the last ninety days with their states, as the history began then. */
const statements = (sessions: number): string[] => [
  `insert into polar.products (id, account, organization_id, created_at, observed_at, name)
   select ${idOf('product', 'n')}, 'default', ${ORGANIZATION}, now() - interval '3 years', now(), 'Product ' || n from generate_series(1, 20) n`,
  `insert into polar.product_prices (id, account, product_id, created_at, observed_at, amount_type, price_currency, price_amount)
   select ${idOf('price', 'n')}, 'default', ${idOf('product', 'n')}, now() - interval '3 years', now(), 'fixed', 'usd', n * 500 from generate_series(1, 20) n`,
  `insert into polar.discounts (id, account, organization_id, created_at, observed_at, name)
   select ${idOf('discount', 'n')}, 'default', ${ORGANIZATION}, now() - interval '3 years', now(), 'Discount ' || n from generate_series(1, 10) n`,
  `insert into polar.checkout_links (id, account, organization_id, created_at, observed_at, label, metadata)
   select ${idOf('link', 'n')}, 'default', ${ORGANIZATION}, now() - interval '3 years', now(), 'Link ' || n, jsonb_build_object('campaign', 'c' || n)
   from generate_series(1, 40) n`,
  `insert into polar.checkouts (id, account, organization_id, created_at, modified_at, expires_at, observed_at, status, url, success_url,
     amount, net_amount, tax_amount, tax_behavior, total_amount, currency, product_id, product_price_id, discount_id, customer_id, customer_email,
     customer_name, customer_ip_address, customer_billing_address, billing_address_fields, metadata, custom_field_data)
   select ${idOf('session', 'n')}, 'default', ${ORGANIZATION}, at, at + interval '7 minutes', at + case when at < '2026-03-01' then interval '1 hour' else interval '24 hours' end, now(),
     case when paid then 'succeeded' else 'expired' end, 'https://buy.polar.sh/polar_c_' || md5(n::text) || md5(n::text || 'x'), 'https://example.com/thanks',
     1000 + product * 100, 900 + product * 100, 190, 'exclusive', 1090 + product * 100, case when ${chance(3)} < 0.7 then 'usd' else 'eur' end,
     ${idOf('product', 'product')}, ${idOf('price', 'product')}, case when ${chance(4)} < 0.2 then ${idOf('discount', '(1 + n % 10)')} end,
     case when paid then ${idOf('customer', 'buyer')} end, case when paid or engaged then 'buyer' || buyer || '@example.com' end,
     case when paid or engaged then 'Buyer ' || buyer end, '192.0.2.' || n % 255,
     jsonb_build_object('country', (array['DE', 'US', 'IN', 'FR', 'GB'])[1 + n % 5]) || case when paid then '{"line1": "Street 1", "postal_code": "10115", "city": "Berlin"}' else '{}' end::jsonb,
     '{"country": "required", "state": "optional", "city": "optional", "postal_code": "optional", "line1": "optional", "line2": "disabled"}',
     case when ${chance(5)} < 0.6 then jsonb_build_object('campaign', 'c' || 1 + n % 45, 'utm_source', 's' || n % 7) else '{}' end, '{}'
   from (
     select n, now() - (1 - n / ${sessions}.0) * interval '730 days' as at, ${chance(1)} < 0.3 as paid, ${chance(2)} < 0.3 as engaged,
       1 + n % 20 as product, 1 + (${chance(6)} * ${sessions} / 5)::integer as buyer
     from generate_series(1, ${sessions}) n
   ) drawn`,
  `insert into polar.customers (id, account, organization_id, created_at, observed_at, email)
   select customer_id, 'default', ${ORGANIZATION}, min(created_at), now(), min(customer_email) from polar.checkouts where customer_id is not null group by 1`,
  `insert into history.checkouts (account, checkout_id, valid_from, observed_at, via, is_exact, status, modified_at, has_email, has_address)
   select 'default', id, created_at + step * interval '3 minutes', now(), 'webhook', true, case step when 0 then 'open' when 1 then 'confirmed' else status end,
     created_at + step * interval '3 minutes', customer_email is not null, false
   from polar.checkouts, generate_series(0, 2) step
   where created_at > now() - interval '90 days' and (step <> 1 or status = 'succeeded')`,
  `update sync.histories set since = now() - interval '90 days'`,
];

/** Fills an empty database with sessions of a merchant, straight into the tables. */
export async function fillWithSessions(url: string, sessions: number): Promise<void> {
  await createViews(url);
  await session(url, async (client) => {
    for (const statement of statements(sessions)) await client.query(statement);
  });
}
