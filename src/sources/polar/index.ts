import { fingerprintOf, type Source } from '../../model/source.ts';
import { defineSource } from '../../model/source-definition.ts';
import { isNotFound, classifyError } from './api.ts';
import { organizationOf } from './organization.ts';
import { polarMetrics } from './metrics.ts';
import { polarConfig, polarSettings, type PolarConfig } from './settings.ts';
import { polarStreams, polarStreamsOf } from './streams.ts';
import { polarWebhooks } from './webhooks.ts';

const accessOf = ({ nameOf, version }: PolarConfig): Source['access'] => ({
  credential: 'token',
  rights: 'scopes',
  settings: {
    credential: nameOf('POLAR_ACCESS_TOKEN'),
    url: nameOf('POLAR_API_URL'),
    version: nameOf('POLAR_API_VERSION'),
    owner: nameOf('POLAR_ORGANIZATION_ID'),
  },
  pin: { header: 'polar-version', version },
});

/** One account of Polar as a source. */
function polarSource(config: PolarConfig): Source {
  return {
    name: 'polar',
    account: config.account,
    access: accessOf(config),
    streams: polarStreamsOf(config),
    lookupOnly: [],
    ownerOf: organizationOf,
    // The link's and session's own, those of the payment processor that a session's metadata carries while it is paid, and
    // the one that Polar signs again whenever it shows a benefit of Discord. A grant has licence keys and invitations. A payment
    // names no customer, so that nobody could be forgotten in it: the digits of the card are left out.
    secretKeys: new Set([
      'client_secret',
      'intent_client_secret',
      'customer_session_client_secret',
      'guild_token',
      'user_provided_key',
      'invite_url',
      'last4',
    ]),
    privacy: config.privacy,
    url: config.url,
    proxy: config.proxyFor(config.url),
    credential: fingerprintOf(config.token),
    headers: { authorization: `Bearer ${config.token}`, 'polar-version': config.version, accept: 'application/json' },
    requestsPerMinute: config.requestsPerMinute,
    classifyError: classifyError(config),
    isNotFound: isNotFound(config),
    metrics: polarMetrics(config),
    webhooks:
      config.webhookSecrets.length > 0 ? polarWebhooks(config.webhookSecrets, config.organizationId) : undefined,
  };
}

/** Polar: its settings, its streams, and how an account's settings become a source. */
export const polar = defineSource({
  name: 'polar',
  entities: polarStreams,
  settings: polarSettings,
  credential: 'POLAR_ACCESS_TOKEN',
  address: 'POLAR_API_URL',
  webhookSecret: 'POLAR_WEBHOOK_SECRET',
  create: (settings, context) => polarSource(polarConfig(settings, context)),
});
