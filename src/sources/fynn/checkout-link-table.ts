import { boolean, index, jsonb, text } from 'drizzle-orm/pg-core';
import { documented } from '../../stream.ts';
import { bookkeeping, fynn } from './schema.ts';

export const checkoutLinks = documented(
  fynn.table(
    'checkout_links',
    {
      id: text().primaryKey(),
      slug: text(),
      is_enabled: boolean(),
      options: jsonb(),
      after_checkout: jsonb(),
      ...bookkeeping(),
    },
    (table) => [index().on(table.slug)],
  ),
  'Checkout links of Fynn',
  {
    slug: 'Last part of the link’s address',
    is_enabled: 'Whether customers can use it',
    options: 'Trial days, coupons, quantities, companies only',
    after_checkout: 'What the customer sees afterwards: a redirect or a message',
  },
);
