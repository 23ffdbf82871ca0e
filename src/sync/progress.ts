import { expectedPages, type WalkState } from '../extract/walk.ts';
import { refOf, type Mode, type StreamRef } from '../model/stream.ts';

/** How far a run has come. */
export interface Progress extends StreamRef {
  mode: Mode;
  /** Pages read by the whole walk, and how many it takes as far as the source's totals tell. */
  pages: number;
  expectedPages: number | undefined;
  records: number;
  phase: 'walk' | 'tombstones';
}

/** How far a walk has come that has read so many pages and records. */
export const walkProgress = (walk: WalkState, read: Pick<Progress, 'pages' | 'records'>): Progress => ({
  ...refOf(walk.stream),
  mode: walk.mode,
  ...read,
  expectedPages: expectedPages(walk),
  phase: 'walk',
});
