import type { Database } from '../../src/database/database.ts';
import {
  startFynnSimulator,
  type FynnSimulator,
  type FynnSimulatorOptions,
} from '../../src/simulator/fynn-simulator.ts';
import type { Run } from '../../src/sync/sync.ts';
import { engineOf, type Engine, type EngineOptions } from './engine.ts';
import { atEnd } from './shared.ts';
import { sourceOf } from './source.ts';

/** A simulated Fynn; closed at the end. */
export async function startFynn(options: FynnSimulatorOptions = {}): Promise<FynnSimulator> {
  const simulator = await startFynnSimulator(options);
  atEnd(() => simulator.close());
  return simulator;
}

type FynnStream = 'fynn.checkout_links' | 'fynn.price_plans';

/** A synchronisation of a simulated Fynn into a database. */
export interface FynnSyncing extends Omit<Engine<FynnStream>, 'sync' | 'pull'> {
  sync: (stream: FynnStream, signal?: AbortSignal) => Promise<Run>;
  /** Walks both streams, links first. */
  syncAll: () => Promise<Run[]>;
  pull: Engine<FynnStream | 'fynn.checkout_link_items'>['pull'];
}

/** Connects the engine to a simulator and a database. `settings` are environment variables. */
export function syncingFynn(
  simulator: Pick<FynnSimulator, 'url' | 'apiKey'>,
  db: Database,
  { settings = {}, account, ...options }: { settings?: Record<string, string>; account?: string } & EngineOptions = {},
): FynnSyncing {
  const source = sourceOf({ FYNN_API_KEY: simulator.apiKey, FYNN_API_URL: simulator.url, ...settings }, account);
  const engine = engineOf(source, db, options);
  const sync: FynnSyncing['sync'] = (name, signal) => engine.sync(name, 'full', signal);
  return {
    ...engine,
    sync,
    syncAll: async () => [await sync('fynn.checkout_links'), await sync('fynn.price_plans')],
  };
}
