/** Providers that `init` asks about; the sandbox is Polar at another address. */
export const PROVIDERS = ['polar', 'polar-sandbox', 'fynn'] as const;

/** Answers given as options. */
export interface InitOptions {
  provider?: (typeof PROVIDERS)[number];
  apiUrl?: string;
  tokenFile?: string;
  tokenStdin?: boolean;
  databaseUrl?: string;
  redisUrl?: string;
  timezone?: string;
  file: string;
  yes?: boolean;
  json?: boolean;
}
