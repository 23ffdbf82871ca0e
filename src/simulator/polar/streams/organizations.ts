import { micros } from '../../instants.ts';
import { servedRecords, servedRows } from '../catalog/served-records.ts';
import { organizationEdits, organizationJson, type OrganizationEdits } from '../organizations/edits.ts';
import type { Organization } from '../organizations/record.ts';
import type { State } from '../state.ts';
import { polarStream } from '../stream.ts';

/** The organizations that the token may see: an organization's own token sees one. */
export function organizationStream(state: State) {
  const edits = organizationEdits(state);
  const json = (id: string) => organizationJson(state, id);
  return polarStream<Organization, Organization, OrganizationEdits>(state, {
    paths: ['/v1/organizations'],
    scopes: ['organizations:read', 'organizations:write'],
    isOptional: true,
    ...servedRecords(state.organizations),
    json,
    list: {
      ...servedRows(state.organizations),
      filters: { slug: { type: 'text', valueOf: ({ slug }) => slug } },
      criteria: {
        created_at: ({ created_at }) => micros(created_at),
        slug: ({ slug }) => slug,
        name: ({ name }) => name,
      },
      defaultSorting: 'created_at',
    },
    webhooks: { 'organization.updated': json },
    edits,
    driver: {
      create: (created_at) => edits.createOrganization(created_at === undefined ? {} : { created_at }).id,
      edit: (id) => void edits.updateOrganization(id, { name: `Edited at ${state.clock.now()}` }),
      remove: (id) => void edits.deleteOrganization(id),
      restore: (id) => void edits.restoreOrganization(id),
    },
  });
}
