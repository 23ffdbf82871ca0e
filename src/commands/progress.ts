import { MultiBar, Presets, SingleBar } from 'cli-progress';
import { labelOf } from '../model/stream.ts';
import type { Progress } from '../sync/progress.ts';

/** Progress bars on a terminal, one per stream, with the total and the time left. */
export interface ProgressBars {
  show: (progress: Progress) => void;
  close: () => void;
}

const format = '{stream} {bar} {value}/{total} pages · {records} records · {eta_formatted} left {phase}';

/** Runs the work, with bars if they are wanted, and removes them at the end. */
export async function withBars<T>(
  isWanted: boolean,
  work: (options: { onProgress?: ProgressBars['show'] }) => Promise<T>,
): Promise<T> {
  if (!isWanted) return work({});
  const bars = createProgressBars();
  try {
    return await work({ onProgress: bars.show });
  } finally {
    bars.close();
  }
}

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

/** Counter on a terminal of the bytes written to files. */
export interface ByteCounter {
  show: (file: string, bytes: number) => void;
  close: () => void;
}

/** Starts a line on stderr that shows the bytes written. The total is unknown. */
export function createByteCounter(): ByteCounter {
  const line = new SingleBar({ format: '{file} {megabytes} MB', stream: process.stderr, clearOnComplete: true });
  line.start(1, 0, { file: 'export', megabytes: '0.0' });
  return {
    show: (file, bytes) => line.update(0, { file, megabytes: (bytes / 1_000_000).toFixed(1) }),
    close: () => line.stop(),
  };
}
