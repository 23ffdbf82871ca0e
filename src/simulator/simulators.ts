import type { SimulatedSource } from './driver.ts';
import { startFynnSimulator } from './fynn-simulator.ts';
import type { SourceOptions } from './simulated-source.ts';
import { startSimulator } from './simulator.ts';

const empty: SourceOptions = { isEmpty: true, requestsPerMinute: null };

/** Starts each source's simulator, by the name of the source: by default without records and without a rate limit; its credential may read every stream. */
export const simulators: Readonly<Record<string, (options?: SourceOptions) => Promise<SimulatedSource>>> = {
  polar: (options) => startSimulator({ ...empty, scopes: 'every', ...options }),
  fynn: (options) => startFynnSimulator({ ...empty, ...options }),
};
