import type { State } from './state.ts';

/** Polar: live data that cannot be serialized; the request fails with 500, whatever else it asks for. */
export class UnserializableError extends Error {
  override readonly name = 'UnserializableError';
}

/** An entity's JSON after a test's tampering; the test gets a copy that it may change. */
export function tampered(state: State, id: string, json: Record<string, unknown>): unknown {
  const tamper = state.tampers.get(id);
  return tamper ? tamper(structuredClone(json)) : json;
}
