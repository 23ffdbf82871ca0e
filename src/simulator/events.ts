/** One edit that a webhook would tell of: the type, and the id of the record as it is now. */
export interface FeedEvent<Type extends string> {
  type: Type;
  id: string;
}

/** The change feed of a simulated source. */
export interface Feed<Type extends string> {
  emit: (type: Type, id: string) => void;
  /** Calls the listener, synchronously, after each edit; the returned function ends that. */
  subscribe: (listener: (event: FeedEvent<Type>) => void) => () => void;
}

/** A feed without listeners. */
export function feed<Type extends string>(): Feed<Type> {
  const listeners = new Set<(event: FeedEvent<Type>) => void>();
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
