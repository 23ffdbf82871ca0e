import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { labelOf } from '../model/stream.ts';
import type { Progress } from '../sync/progress.ts';

/** Bars on a terminal, one per stream, with total and time left. */
export interface ProgressBars {
  show: (progress: Progress) => void;
  close: () => void;
}

const format = '{stream} {bar} {value}/{total} pages · {records} records · {eta_formatted} left {phase}';

/** Starts bars on stderr. */
export function createProgressBars(): ProgressBars {
  const bars = new MultiBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: false },
    Presets.shades_classic,
  );
  const byStream = new Map<string, SingleBar>();
  return {
    show({ pages, expectedPages = pages + 1, records, phase, ...ref }) {
      const stream = labelOf(ref);
      const payload = { stream, records, phase: phase === 'tombstones' ? '· looking for deleted records' : '' };
      const bar = byStream.get(stream) ?? bars.create(expectedPages, 0, payload);
      byStream.set(stream, bar);
      bar.setTotal(Math.max(expectedPages, pages));
      bar.update(pages, payload);
    },
    close() {
      bars.stop();
    },
  };
}
