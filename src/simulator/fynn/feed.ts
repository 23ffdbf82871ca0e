/** The edits that Fynn sends a webhook for, and that the simulator can make. Fynn: none exist for links and their items. */
export type EventType = 'product.created' | 'product.updated' | 'product.archived' | 'price_plan.archived';

/** One edit that a webhook would tell of: the type, and the id of the product or price as it is now. */
export interface FynnEvent {
  type: EventType;
  id: string;
}

/** The change feed. */
export interface Feed {
  emit: (type: EventType, id: string) => void;
  /** Calls the listener, synchronously, after each edit; the returned function ends that. */
  subscribe: (listener: (event: FynnEvent) => void) => () => void;
}

/** A feed without listeners. */
export function feed(): Feed {
  const listeners = new Set<(event: FynnEvent) => void>();
  return {
    emit: (type, id) => {
      for (const listener of listeners) listener({ type, id });
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
