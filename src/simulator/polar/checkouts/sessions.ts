import { micros } from '../../instants.ts';
import { timeline, type Timeline } from '../timeline.ts';
import type { CheckoutRow, CheckoutStatus } from './record.ts';
import type { SeededSessions } from './seed.ts';

/** All sessions by slot: a number that never changes. Untouched seeded ones are computed when read, so that a million fit into memory. */
export interface Sessions {
  /** The slots of the sessions that exist, by `created_at`. */
  readonly timeline: Timeline<number>;
  slotOf(id: string): number | undefined;
  row(slot: number): CheckoutRow;
  status(slot: number): CheckoutStatus;
  /** Microseconds. */
  createdAt(slot: number): number;
  add(row: CheckoutRow): void;
  /** Replaces the session of the same id; its `created_at` must be unchanged. */
  put(row: CheckoutRow): void;
  remove(id: string): void;
}

/** Starts from the seeded sessions. */
export function sessionStore(seeded: SeededSessions): Sessions {
  const changed = new Map<number, CheckoutRow>();
  const added = new Map<string, { slot: number; created: number }>();
  const createdBySlot = new Map<number, number>();
  const removed = new Set<number>();
  let next = seeded.count;

  const createdAt = (slot: number) => createdBySlot.get(slot) ?? seeded.createdAt(slot);
  const order = timeline(
    Array.from({ length: seeded.count }, (_, slot) => slot),
    createdAt,
  );
  const slotOf = (id: string) => {
    const slot = added.get(id)?.slot ?? seeded.numberOf(id);
    return slot === undefined || removed.has(slot) ? undefined : slot;
  };
  const row = (slot: number) => changed.get(slot) ?? seeded.row(slot);

  return {
    timeline: order,
    slotOf,
    row,
    createdAt,
    status: (slot) => changed.get(slot)?.status ?? seeded.status(slot),
    add: (created) => {
      const slot = next++;
      added.set(created.id, { slot, created: micros(created.created_at) });
      createdBySlot.set(slot, micros(created.created_at));
      changed.set(slot, created);
      order.insert(slot);
    },
    put: (replaced) => {
      const slot = slotOf(replaced.id);
      if (slot !== undefined) changed.set(slot, replaced);
    },
    remove: (id) => {
      const slot = slotOf(id);
      if (slot === undefined) return;
      order.remove(slot);
      removed.add(slot);
    },
  };
}
