import { bigint, index, numeric, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { pseudonym } from '../../model/privacy.ts';
import { customer, customers } from './customer.ts';
import { meter, meters } from './meter.ts';
import { withOrganization } from './organization.ts';
import { identity, polar, versioned } from './schema.ts';

export const customerMeters = withComments(
  polar.table(
    'customer_meters',
    {
      ...identity(),
      customer_id: uuid().references(() => customers.id),
      meter_id: uuid().references(() => meters.id),
      consumed_units: numeric(),
      credited_units: bigint({ mode: 'bigint' }),
      balance: numeric(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [
      index().on(table.customer_id),
      index().on(table.meter_id),
      index().on(table.modified_at),
      index().on(table.organization_id),
    ],
  ),
  'Usage of meters by customers, over all periods. Polar does not list usage of archived meters: those rows no longer change',
  {
    modified_at: 'When usage was last counted; null before the first time',
    customer_id: pseudonym('Customer at Polar', 'customer'),
    meter_id: 'The meter',
    consumed_units: 'Units used',
    credited_units: 'Units credited, for example by a benefit',
    balance: 'credited_units less consumed_units',
    organization_id: 'Organization of its customer; usage does not name one',
  },
);

/** A customer's usage of a meter, with the whole customer and meter. */
export const customerMeter = entity(customerMeters, {
  relations: { customer: { kind: 'one', entity: customer }, meter: { kind: 'one', entity: meter } },
  toColumns: withOrganization,
});
