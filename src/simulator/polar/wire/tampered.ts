import type { State } from '../state.ts';

/** An entity's JSON, after what a test does to it; the test gets a copy that it may change. */
export function tampered(state: State, id: string, json: Record<string, unknown>): unknown {
  const tamper = state.tampers.get(id);
  return tamper ? tamper(structuredClone(json)) : json;
}
