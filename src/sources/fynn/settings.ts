import { z } from 'zod';
import { apiUrl, noSpaces, requestsPerMinute, webhookSecrets } from '../../model/setting.ts';
import type { AccountContext } from '../../model/source-definition.ts';

/** Fynn's settings, by the names users write for the account `default`. The address is the tenant's: it has no default. */
export const fynnSettings = z.object({
  FYNN_API_KEY: noSpaces('must be a key without spaces, as Fynn shows it once').optional(),
  FYNN_API_URL: apiUrl('https://example.coreapi.io').optional(),
  FYNN_REQUESTS_PER_MINUTE: requestsPerMinute().default(60),
  FYNN_WEBHOOK_SECRET: webhookSecrets().optional(),
});

/** Address, key and limits of one account of Fynn; the key never leaves the request header. */
export interface FynnConfig extends AccountContext {
  key: string;
  url: string;
  requestsPerMinute: number;
  /** Empty if the webhook endpoint is off. */
  webhookSecrets: readonly string[];
}

/** Returns the settings of an account, with the values that follow from them. */
export function fynnConfig(settings: z.output<typeof fynnSettings>, context: AccountContext): FynnConfig {
  return {
    ...context,
    key: settings.FYNN_API_KEY ?? '',
    url: (settings.FYNN_API_URL ?? '').replace(/\/+$/, ''),
    requestsPerMinute: settings.FYNN_REQUESTS_PER_MINUTE,
    webhookSecrets: settings.FYNN_WEBHOOK_SECRET ?? [],
  };
}
