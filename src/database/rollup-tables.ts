import { bigint, date, index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../model/comments.ts';
import { account, ACCOUNT, instant, sync } from './sync-schema.ts';

const sessionCount = () => bigint({ mode: 'number' }).notNull();
const minorUnits = () => bigint({ mode: 'bigint' });

export const rolledUpDays = withComments(
  sync.table('rolled_up_days', {
    day: date().primaryKey(),
    timezone: text().notNull(),
    built_at: instant().notNull(),
    holds_until: instant().notNull(),
  }),
  'Days of checkout sessions that the views for reports read from rolled_up_checkouts and rolled_up_sales. A change of a session, or of its states, removes its day; the next run builds it again',
  {
    day: 'Day on which the sessions were created',
    timezone: 'Time zone of the day (REPORT_TIMEZONE)',
    built_at: 'Time from which its rows are valid',
    holds_until: 'Time until which its rows are valid: when the passing of time settles the next of its sessions',
  },
);

/** Returns the columns that identify the group of a row: its day, account, product and the like. */
const groupColumns = () => ({
  day: date().notNull(),
  number: integer().notNull(),
  account: account(),
  organization_id: uuid(),
  product_id: uuid(),
  currency: text(),
});

const GROUP_COMMENTS = {
  day: 'Day on which the sessions were created',
  number: 'Number of the row within the day',
  account: ACCOUNT,
  organization_id: 'Organization that sells',
  product_id: 'Product chosen',
  currency: 'ISO 4217 in lower case',
};

const moneyColumns = () => ({
  net_amount: minorUnits(),
  tax_amount: minorUnits(),
  discount_given: minorUnits(),
  total_amount: minorUnits(),
});

const MONEY_COMMENTS = {
  net_amount: 'Net amounts of the paid sessions, in minor units; null without any',
  tax_amount: 'Taxes of the paid sessions, in minor units; null without any',
  discount_given: 'What discounts took off the paid sessions, in minor units; null without any',
  total_amount: 'What customers paid, in minor units; null without any',
};

export const rolledUpCheckouts = withComments(
  sync.table(
    'rolled_up_checkouts',
    {
      ...groupColumns(),
      country: text(),
      first_created_at: instant(),
      opened: sessionCount(),
      viewed: sessionCount(),
      identified: sessionCount(),
      attempted: sessionCount(),
      paid: sessionCount(),
      free: sessionCount(),
      abandoned: sessionCount(),
      unengaged: sessionCount(),
      settled: sessionCount(),
      ...moneyColumns(),
      holds_until: instant(),
    },
    (table) => [primaryKey({ columns: [table.day, table.number] })],
  ),
  'Checkout sessions of the days in rolled_up_days by product, currency and country, as computed by reporting.computed_checkouts',
  {
    ...GROUP_COMMENTS,
    country: 'Country of the customers',
    first_created_at: 'When the first of the sessions was created',
    opened: 'Sessions created',
    viewed: 'Sessions whose page was opened, as far as that was seen',
    identified: 'Sessions with an e-mail address, a street, an attempt or a payment',
    attempted: 'Sessions with an attempt to pay, as far as that was seen',
    paid: 'Sessions that were paid',
    free: 'Sessions that succeeded with nothing to pay, trials included',
    abandoned: 'Sessions that ended without payment although a customer had begun',
    unengaged: 'Sessions that ended without a sign of a customer',
    settled: 'Sessions whose outcome is final',
    ...MONEY_COMMENTS,
    holds_until: 'When the passing of time settles the next of the sessions; null if it settles none',
  },
);

export const rolledUpSales = withComments(
  sync.table(
    'rolled_up_sales',
    {
      ...groupColumns(),
      paid_day: date(),
      sales: sessionCount(),
      ...moneyColumns(),
      new_customers: sessionCount(),
      returning_customers: sessionCount(),
    },
    (table) => [primaryKey({ columns: [table.day, table.number] }), index().on(table.paid_day)],
  ),
  'Paid checkout sessions of the days in rolled_up_days by day of payment, product and currency, as computed by reporting.computed_sales',
  {
    ...GROUP_COMMENTS,
    paid_day: 'Day of payment',
    sales: 'Paid sessions',
    ...MONEY_COMMENTS,
    new_customers: 'Sales that were the customer’s first',
    returning_customers: 'Sales to customers who had bought before',
  },
);
