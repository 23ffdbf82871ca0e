import { expectedPages, type WalkState } from '../extract/walk.ts';
import { refOf, type Mode, type StreamRef } from '../model/stream.ts';

/** Progress of a run. */
export interface Progress extends StreamRef {
  mode: Mode;
  /** Pages that the whole walk has read, and the number it takes as far as the source's totals show. */
  pages: number;
  expectedPages: number | undefined;
  records: number;
  phase: 'walk' | 'tombstones';
}

/** Returns the progress of a walk after this many pages and records. */
export const walkProgress = (walk: WalkState, read: Pick<Progress, 'pages' | 'records'>): Progress => ({
  ...refOf(walk.stream),
  mode: walk.mode,
  ...read,
  expectedPages: expectedPages(walk),
  phase: 'walk',
});
