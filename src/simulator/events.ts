/** One edit that the API sends a webhook for: its type, and the id of the record. */
export interface SimulatedEvent {
  type: string;
  id: string;
}

/** The payloads of the webhooks of a source or stream, by their type. */
export type Payloads = Readonly<Record<string, (id: string) => unknown>>;

/** The edits of a simulated source that cause webhooks. */
export interface Events {
  emit: (type: string, id: string) => void;
  /** Calls the listener, synchronously, after each edit; the returned function unsubscribes it. */
  subscribe: (listener: (event: SimulatedEvent) => void) => () => void;
}

/** Events without listeners. */
export function events(): Events {
  const listeners = new Set<(event: SimulatedEvent) => void>();
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
