import { z } from 'zod';
import { apiUrl, noSpaces, requestsPerMinute, webhookSecrets } from '../../model/setting.ts';
import type { AccountContext } from '../../model/source-definition.ts';

/** Polar's settings, by the names users write for the account `default`. */
export const polarSettings = z.object({
  POLAR_ACCESS_TOKEN: noSpaces('must be a token without spaces, as Polar shows it once').optional(),
  POLAR_API_URL: apiUrl('https://api.polar.sh').default('https://api.polar.sh'),
  POLAR_API_VERSION: z
    .string()
    .regex(/^\d{4}-\d{2}$/, { error: 'must be a version such as 2026-10' })
    .default('2026-10'),
  POLAR_ORGANIZATION_ID: z.uuid({ error: "must be the organization's UUID" }).toLowerCase().optional(),
  POLAR_REQUESTS_PER_MINUTE: requestsPerMinute().optional(),
  POLAR_WEBHOOK_SECRET: webhookSecrets().optional(),
});

/** Address, token and limits of one account of Polar; the token never leaves the request header. */
export interface PolarConfig extends AccountContext {
  token: string;
  url: string;
  version: string;
  organizationId: string | undefined;
  requestsPerMinute: number;
  /** Empty if the webhook endpoint is off. */
  webhookSecrets: readonly string[];
}

/** Polar's limits are 500 requests per minute, and 100 on the sandbox; a tenth is left for other users of the organization. */
function defaultRequestsPerMinute(url: string): number {
  return new URL(url).hostname.startsWith('sandbox-') ? 90 : 450;
}

/** Returns the settings of an account, with the values that follow from them. */
export function polarConfig(settings: z.output<typeof polarSettings>, context: AccountContext): PolarConfig {
  const url = settings.POLAR_API_URL.replace(/\/+$/, '').replace(/(?<!\/)\/v1$/, '');
  return {
    ...context,
    token: settings.POLAR_ACCESS_TOKEN ?? '',
    url,
    version: settings.POLAR_API_VERSION,
    organizationId: settings.POLAR_ORGANIZATION_ID,
    requestsPerMinute: settings.POLAR_REQUESTS_PER_MINUTE ?? defaultRequestsPerMinute(url),
    webhookSecrets: settings.POLAR_WEBHOOK_SECRET ?? [],
  };
}
