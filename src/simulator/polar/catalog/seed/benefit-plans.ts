import type { Benefit, BenefitType } from '../records.ts';

/** A benefit to seed; the product plans name it by its key. */
export interface BenefitPlan {
  type: BenefitType;
  description: string;
  visibility?: Benefit['visibility'];
  deleted?: true;
  metadata?: Benefit['metadata'];
  /** Ids come from `meter` and `file`, by name. */
  properties(ids: { meter: (name: string) => string; file: (name: string) => string }): Record<string, unknown>;
}

/** Every type of benefit at least once, a private one and a deleted one. */
export const BENEFITS = {
  updates: {
    type: 'custom',
    description: 'A year of updates',
    properties: () => ({ note: 'Thank you! Updates arrive by mail.' }),
  },
  office: {
    type: 'custom',
    description: 'Monthly office hour',
    metadata: { host: 'support', seats: 12 },
    properties: () => ({ note: null }),
  },
  discord: {
    type: 'discord',
    description: 'Discord for customers',
    properties: () => ({
      guild_id: '918273645546372819',
      role_id: '918273645546372820',
      kick_member: true,
      guild_token: 'eyJhbGciOiJub25lIn0.guild',
    }),
  },
  source: {
    type: 'github_repository',
    description: 'Read access to the source',
    properties: () => ({ repository_owner: 'halyard-example', repository_name: 'halyard', permission: 'pull' }),
  },
  files: {
    type: 'downloadables',
    description: 'Design files',
    properties: ({ file }) => ({ archived: { [file('old.zip')]: true }, files: [file('kit.zip'), file('icons.zip')] }),
  },
  licence: {
    type: 'license_keys',
    description: 'Licence key for three machines',
    properties: () => ({
      prefix: 'HALYARD',
      expires: { ttl: 1, timeframe: 'year' },
      activations: { limit: 3, enable_customer_admin: true },
      limit_usage: null,
    }),
  },
  forever: {
    type: 'license_keys',
    description: 'Licence key that never expires',
    properties: () => ({ prefix: null, expires: null, activations: null, limit_usage: 1000 }),
  },
  credits: {
    type: 'meter_credit',
    description: '100,000 tokens a month',
    properties: ({ meter }) => ({ units: 100_000, rollover: false, meter_id: meter('tokens') }),
  },
  beta: { type: 'feature_flag', description: 'Early features', metadata: { flag: 'early' }, properties: () => ({}) },
  slack: {
    type: 'slack_shared_channel',
    description: 'Shared Slack channel',
    properties: ({ file }) => ({
      slack_integration_id: file('slack'),
      channel_name_template: 'halyard-{customer}',
      private: true,
      welcome_message: null,
      archive_on_revoke: true,
      team_invitees: ['support@example.com'],
    }),
  },
  internal: {
    type: 'custom',
    description: 'Account manager assigned',
    visibility: 'private',
    properties: () => ({ note: 'not shown to customers' }),
  },
  retired: { type: 'custom', description: 'Printed newsletter', deleted: true, properties: () => ({ note: null }) },
} as const satisfies Record<string, BenefitPlan>;

/** The name of a seeded benefit. */
export type BenefitKey = keyof typeof BENEFITS;
