/** The edits that Polar sends a webhook for. Polar: none exist for links, custom fields, medias, meters and prices. */
export type EventType =
  | 'checkout.created'
  | 'checkout.updated'
  | 'checkout.expired'
  | 'product.created'
  | 'product.updated'
  | 'benefit.created'
  | 'benefit.updated'
  | 'discount.created'
  | 'discount.updated'
  | 'discount.deleted';

/** One edit that a webhook would tell of: the type, and the id of the entity as it is now. */
export interface PolarEvent {
  type: EventType;
  id: string;
}

/** The change feed. */
export interface Feed {
  emit: (type: EventType, id: string) => void;
  /** Calls the listener, synchronously, after each edit; the returned function ends that. */
  subscribe: (listener: (event: PolarEvent) => void) => () => void;
}

/** A feed without listeners. */
export function feed(): Feed {
  const listeners = new Set<(event: PolarEvent) => void>();
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
