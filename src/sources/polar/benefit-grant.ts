import { boolean, index, jsonb, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { free, personal, pseudonym } from '../../model/privacy.ts';
import { benefit, benefits } from './benefit.ts';
import { customer, customers } from './customer.ts';
import { withOrganization } from './organization.ts';
import { identity, instant, polar, versioned } from './schema.ts';

export const benefitGrants = withComments(
  polar.table(
    'benefit_grants',
    {
      ...identity(),
      is_granted: boolean(),
      granted_at: instant(),
      is_revoked: boolean(),
      revoked_at: instant(),
      customer_id: uuid().references(() => customers.id),
      benefit_id: uuid().references(() => benefits.id),
      subscription_id: uuid(),
      order_id: uuid(),
      member_id: uuid(),
      member: jsonb(),
      error: jsonb(),
      properties: jsonb(),
      organization_id: uuid(),
      ...versioned(),
    },
    (table) => [
      index().on(table.created_at),
      index().on(table.customer_id),
      index().on(table.benefit_id),
      index().on(table.subscription_id),
      index().on(table.order_id),
      index().on(table.organization_id),
    ],
  ),
  'Benefits granted to customers; a benefit that is granted again keeps its row',
  {
    is_granted: 'Whether the customer has the benefit',
    granted_at: 'When it was last granted',
    is_revoked: 'Whether it was taken away',
    revoked_at: 'When it was taken away; null while it is granted',
    customer_id: pseudonym('Customer at Polar', 'customer'),
    benefit_id: 'Benefit granted',
    subscription_id: 'Subscription that grants it',
    order_id: 'Order that grants it',
    member_id: pseudonym('Member of the customer’s team that has it', 'customer'),
    member: personal('The member: e-mail address, name and role'),
    error: free('Why it could not be granted: message, type and timestamp'),
    properties: free(
      'What was granted, by the benefit’s type, such as the display_key of a licence or an account at Discord; without keys and invitations',
    ),
    organization_id: 'Organization of its customer; a grant does not name one',
  },
);

/** A grant of a benefit, with the whole customer and benefit. Webhooks add what its properties were before. */
export const benefitGrant = entity(benefitGrants, {
  relations: { customer: { kind: 'one', entity: customer }, benefit: { kind: 'one', entity: benefit } },
  aliases: { user_id: 'customer_id' },
  dropped: new Set(['previous_properties']),
  toColumns: withOrganization,
  expiry: { until: 'revoked_at' },
});
