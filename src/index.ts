// The library: what this file exports is public, and listed in docs/api.md.
export type { Counters } from './ledger/runs.ts';
export type { Rejections, StreamStatus } from './ledger/status.ts';
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
export type { Difference } from './load/compare.ts';
export type { ErrorCode } from './model/error-codes.ts';
export { ConfigError } from './model/errors.ts';
export type { Json, JsonObject, Numeral } from './model/json.ts';
export type { MissingScope } from './ledger/scopes.ts';
export type { Mode, StreamRef } from './model/stream.ts';
export type { LeftOut } from './operations/left-out.ts';
export type { PulledRecord } from './operations/pull-records.ts';
export type { Status, StatusOptions } from './operations/read-status.ts';
export type { Synced } from './operations/sync-streams.ts';
export type { Progress } from './sync/progress.ts';
export type { Pulled } from './sync/pull.ts';
export type { NextAction, Run } from './sync/sync.ts';
export type { Mismatch, VerifyResult } from './sync/verification.ts';
