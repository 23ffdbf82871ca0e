import type { Proxy } from './source.ts';

/** The receiver of hooks. */
export interface HookConfig {
  url: string;
  /** Signs each request. */
  secret: string;
  proxy: Proxy | undefined;
}
