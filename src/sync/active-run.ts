import type { Span } from '../extract/span.ts';
import type { WalkState } from '../extract/walk.ts';
import type { Lease } from '../ledger/lease.ts';
import type { OpenRun } from '../ledger/runs.ts';
import type { Sightings } from '../ledger/sightings.ts';
import type { Stream } from '../model/stream.ts';
import type { Identity } from './identity.ts';
import type { RunStats } from './stats.ts';

/** A run of a stream under way: its lease, its walk, and the counts of what it has stored. */
export interface ActiveRun extends OpenRun<Span> {
  stream: Stream;
  lease: Lease;
  walk: WalkState;
  /** True when this run reads all pages of the walk itself; false when an earlier run began it, possibly long ago. */
  isFresh: boolean;
  /** Owners and records that the source has shown. */
  sightings: Sightings;
  identity: Identity;
  stats: RunStats;
}
