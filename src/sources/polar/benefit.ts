import { boolean, index, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { free } from '../../model/privacy.ts';
import { identity, polar, versioned } from './schema.ts';

export const benefits = withComments(
  polar.table(
    'benefits',
    {
      ...identity(),
      type: text(),
      description: text(),
      selectable: boolean(),
      deletable: boolean(),
      is_deleted: boolean(),
      organization_id: uuid(),
      metadata: jsonb(),
      visibility: text(),
      visibility_configurable: boolean(),
      properties: jsonb(),
      ...versioned(),
    },
    (table) => [index().on(table.organization_id), index().on(table.type)],
  ),
  'What a product grants to its buyers, such as licence keys or downloads',
  {
    type: 'custom, discord, github_repository, downloadables, license_keys, meter_credit, feature_flag, slack_shared_channel, …',
    description: 'Text shown to the customer',
    selectable: 'Whether it can be added to products',
    deletable: 'Whether it can be deleted',
    is_deleted: 'Whether Polar has deleted it',
    visibility: 'public, private or draft; links and sessions nest only public benefits, without this field',
    visibility_configurable: 'Whether the visibility can be changed; links and sessions do not show it',
    properties: free(
      'Settings of the type, without secrets; links and sessions nest only a part of them, and only for meter_credit',
    ),
  },
);

/** A benefit as links and sessions nest it (public ones, reduced: no metadata, no visibility) or as its own list and webhooks show it (whole). */
export const benefit = entity(benefits, {
  partial: new Set(['properties']),
  implied: { visibility: 'public' },
  sparse: new Set(['metadata', 'visibility', 'visibility_configurable']),
});
