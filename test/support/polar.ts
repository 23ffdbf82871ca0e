import type { Database } from '../../src/database/database.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { engineOf, type Engine, type EngineOptions } from './engine.ts';
import { atEnd } from './shared.ts';
import { CORE_STREAMS, sourceOf } from './source.ts';

/** A simulated Polar without a rate limit unless one is given; closed at the end. */
export async function startPolar(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ requestsPerMinute: null, ...options });
  atEnd(() => simulator.close());
  return simulator;
}

type PolarStream = 'polar.checkout_links' | 'polar.checkouts';

/** A synchronisation of a simulated Polar into a database. */
export type Syncing = Engine<PolarStream>;

/** Connects the engine to a simulator and a database. `settings` are environment variables. */
export function syncing(
  simulator: Pick<Simulator, 'url' | 'token'>,
  db: Database,
  { settings = {}, account, ...options }: { settings?: Record<string, string>; account?: string } & EngineOptions = {},
): Syncing {
  const source = sourceOf(
    { POLAR_ACCESS_TOKEN: simulator.token, POLAR_API_URL: simulator.url, ...CORE_STREAMS, ...settings },
    account,
  );
  return engineOf(source, db, options);
}
