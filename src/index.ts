// The library: what this file exports is public, and listed in docs/api.md.
export type {
  CheckoutSync,
  Comparison,
  CompareOptions,
  CreateSyncOptions,
  PullOptions,
  StreamChoice,
  StreamDifference,
  SyncEvents,
  WalkOptions,
  WebhookChoice,
} from './library/api.ts';
export { createSync } from './library/create-sync.ts';
export type { LogMethods } from './library/forward-log.ts';
export { ConfigError } from './model/errors.ts';
