import type { SimulatedSource } from './driver.ts';
import { startFynnSimulator } from './fynn-simulator.ts';
import { startSimulator } from './simulator.ts';

/** How to start any simulated source. */
export interface CommonOptions {
  /** Sources of different seeds share no record. Default 1. */
  seed?: number;
  /** The most records per page. Default 100. */
  pageLimit?: number;
}

/** Starts each source's simulator, without records in its streams and without a rate limit, by the name of the source. */
export const simulators: Readonly<Record<string, (options?: CommonOptions) => Promise<SimulatedSource>>> = {
  polar: (options) => startSimulator({ ...options, links: 0, checkouts: 0, requestsPerMinute: null }),
  fynn: (options) => startFynnSimulator({ ...options, links: 0, prices: 0 }),
};
