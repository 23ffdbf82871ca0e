import type { State } from '../state.ts';
import { derive } from './derive.ts';
import type { Checkout } from './record.ts';
import type { Sessions } from './sessions.ts';

/** The sessions as a map: what `get` and the iterators give is computed at that moment, oldest first. */
export function checkoutMap(state: State, sessions: Sessions): ReadonlyMap<string, Checkout> {
  const read = (slot: number) => derive(state, sessions.row(slot));
  function* values(): Generator<Checkout, undefined, unknown> {
    for (const slot of sessions.timeline.rows) yield read(slot);
  }
  function* keys(): Generator<string, undefined, unknown> {
    for (const checkout of values()) yield checkout.id;
  }
  function* entries(): Generator<[string, Checkout], undefined, unknown> {
    for (const checkout of values()) yield [checkout.id, checkout];
  }
  const map: ReadonlyMap<string, Checkout> = {
    get size() {
      return sessions.timeline.rows.length;
    },
    has: (id) => sessions.slotOf(id) !== undefined,
    get: (id) => {
      const slot = sessions.slotOf(id);
      return slot === undefined ? undefined : read(slot);
    },
    forEach: (visit) => {
      for (const checkout of values()) visit(checkout, checkout.id, map);
    },
    keys,
    values,
    entries,
    [Symbol.iterator]: entries,
  };
  return map;
}
