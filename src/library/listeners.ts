import { errorCodeOf } from '../model/error-code-of.ts';
import { ConfigError, formatError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import type { CheckoutSync, SyncEvents } from './api.ts';

/** Calls the listeners of an event. */
export type Emit = <Name extends keyof SyncEvents>(event: Name, payload: SyncEvents[Name]) => void;

type ListenerSets = { [Name in keyof SyncEvents]: Set<(event: SyncEvents[Name]) => unknown> };

/** Keeps the listeners of events. If one throws or rejects, the error is logged and affects nothing else. */
export function eventListeners(log: Logger): { on: CheckoutSync['on']; emit: Emit } {
  const listeners: ListenerSets = { page: new Set(), run: new Set(), due: new Set() };
  const on: CheckoutSync['on'] = (event, listener) => {
    if (!Object.hasOwn(listeners, event))
      throw new ConfigError('CS1104', `there is no event ${event}: ${Object.keys(listeners).join(', ')}`);
    const own: typeof listener = (payload) => listener(payload); // a listener that is added twice is called twice
    listeners[event].add(own);
    return () => void listeners[event].delete(own);
  };
  const emit: Emit = (event, payload) => {
    const called = [...listeners[event]]; // without listeners added meanwhile
    for (const listener of called)
      void (async () => listener(payload))().catch((error: unknown) =>
        log.error({ errorCode: errorCodeOf(error) }, `a listener of the event ${event} failed: ${formatError(error)}`),
      );
  };
  return { on, emit };
}
