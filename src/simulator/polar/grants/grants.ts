import { randomUuid, token } from '../../ids.ts';
import { later, micros, SECOND } from '../../instants.ts';
import { random, type Random } from '../../random.ts';
import type { Benefit, BenefitType } from '../catalog/records.ts';
import type { State } from '../state.ts';
import type { Subscription } from '../subscriptions/record.ts';
import { recordTable, type Table } from '../table.ts';
import type { Grant } from './record.ts';

/** Returns the grants, drawn up when first asked for: one for each benefit of the product of each subscription. */
export function grantedBenefits(state: State, subscriptions: () => Table<Subscription>): () => Table<Grant> {
  let grants: Table<Grant> | undefined;
  return () => (grants ??= recordTable('grant', seededGrants(state, subscriptions().served())));
}

function seededGrants(state: State, subscriptions: readonly Subscription[]): Grant[] {
  const all = subscriptions.flatMap((subscription) => {
    const benefits = state.products.get(subscription.product_id)?.benefit_ids ?? [];
    return benefits.flatMap((id) => grantBy(state, subscription, state.benefits.get(id)) ?? []);
  });
  return all.sort((one, other) => micros(one.created_at) - micros(other.created_at));
}

/** The grant of a benefit by a subscription, revoked once that has ended. */
function grantBy({ seed }: State, subscription: Subscription, benefit: Benefit | undefined): Grant | undefined {
  if (!benefit || subscription.started_at === null) return undefined;
  const { id: subscription_id, started_at, ended_at, customer_id } = subscription;
  const chance = random(seed, subscription_id + benefit.id);
  const created_at = later(started_at, chance.integer(1, 20) * SECOND);
  const granted = newGrant(chance, benefit, { created_at, customer_id, subscription_id });
  return ended_at === null ? granted : revokedGrant(granted, ended_at);
}

/** A grant that succeeded at once; what `fields` leave open follows from the benefit, or is empty. */
export function newGrant(
  chance: Random,
  benefit: Benefit,
  fields: Partial<Grant> & Pick<Grant, 'created_at' | 'customer_id'>,
): Grant {
  return {
    id: randomUuid(chance),
    modified_at: null,
    deleted_at: null,
    granted_at: fields.created_at,
    is_granted: true,
    revoked_at: null,
    is_revoked: false,
    subscription_id: null,
    order_id: null,
    member_id: null,
    benefit_id: benefit.id,
    error: null,
    properties: NOTES[benefit.type]?.(chance, benefit.properties, fields.created_at) ?? {},
    previous_properties: null,
    ...fields,
  };
}

/** The grant taken away at an instant. */
export const revokedGrant = (grant: Grant, at: string): Grant => ({
  ...grant,
  is_granted: false,
  granted_at: null,
  is_revoked: true,
  revoked_at: at,
  modified_at: at,
});

type Noted = Record<string, unknown>;

/** Polar: what each type of benefit notes of a grant. The invitation to a Slack channel is a secret, and so is a key that the customer chose. */
const NOTES: Readonly<Partial<Record<BenefitType, (chance: Random, properties: Noted, at: string) => Noted>>> = {
  discord: (chance, { guild_id, role_id }) => {
    const account_id = String(chance.integer(100_000, 999_999));
    return { account_id, guild_id, role_id, granted_account_id: account_id };
  },
  github_repository: (chance, repository) => {
    const account_id = String(chance.integer(100_000, 999_999));
    return { account_id, ...repository, granted_account_id: account_id };
  },
  downloadables: (_chance, { files }) => ({ files }),
  license_keys: (chance) => ({
    user_provided_key: token(chance, 20),
    license_key_id: randomUuid(chance),
    display_key: `****-${token(chance, 6)}`,
  }),
  meter_credit: (_chance, { meter_id }, at) => ({
    last_credited_meter_id: meter_id,
    last_credited_units: 1000,
    last_credited_at: at,
  }),
  slack_shared_channel: (chance) => ({
    invited_email: `${token(chance, 6)}@example.com`.toLowerCase(),
    channel_id: `C0${token(chance, 8).toUpperCase()}`,
    invite_url: `https://join.slack.com/share/${token(chance, 24)}`,
  }),
};
