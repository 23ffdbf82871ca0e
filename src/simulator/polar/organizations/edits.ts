import { randomUuid } from '../../ids.ts';
import { found } from '../../records.ts';
import type { State } from '../state.ts';
import { tampered } from '../tampered.ts';
import { draftOrganization, type Organization } from './record.ts';

/** Edits of organizations. `at` is the instant of the edit, by default the simulated present. */
export interface OrganizationEdits {
  /** Another organization that the token may see; the simulated one itself where it started without. Sends nothing. */
  createOrganization(fields?: Partial<Organization>): Organization;
  /** Sends `organization.updated`. */
  updateOrganization(id: string, changes: Partial<Omit<Organization, 'id'>>, at?: string): Organization;
  /** Polar: a soft delete, of which nothing tells. */
  deleteOrganization(id: string, at?: string): Organization;
  /** By hand in the database; sends nothing. */
  restoreOrganization(id: string, at?: string): Organization;
}

/** The edits on a state. */
export function organizationEdits(state: State): OrganizationEdits {
  const { organizations, clock, chance, organizationId } = state;
  const put = (organization: Organization) => {
    organizations.set(organization.id, organization);
    return organization;
  };
  const change = (id: string, changes: Partial<Organization>, at = clock.now()) =>
    put({ ...found(organizations, id, 'organization'), modified_at: at, ...changes });
  return {
    createOrganization: (fields = {}) => {
      const id = organizations.has(organizationId) ? randomUuid(chance) : organizationId;
      return put({ ...draftOrganization(id, clock.now()), ...fields });
    },
    updateOrganization: (id, changes, at) => {
      const organization = change(id, changes, at);
      state.events.emit('organization.updated', id);
      return organization;
    },
    deleteOrganization: (id, at = clock.now()) => change(id, { deleted_at: at }, at),
    restoreOrganization: (id, at) => change(id, { deleted_at: null }, at),
  };
}

/** Polar: sent still, though no document has them any more. */
const DEPRECATED = {
  bio: null,
  company: null,
  blog: null,
  location: null,
  twitter_username: null,
  pledge_minimum_amount: 0,
  pledge_badge_show_amount: false,
  default_upfront_split_to_contributors: null,
};

/** An organization, as its list and webhook show it. */
export function organizationJson(state: State, id: string): unknown {
  const { deleted_at: _deleted, settings, ...columns } = found(state.organizations, id, 'organization');
  return tampered(state, id, { ...columns, ...settings, ...DEPRECATED });
}
