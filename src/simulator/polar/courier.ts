import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Polar } from './polar.ts';
import { messageOf, signed, type Message, type SignedWebhook, type Signing } from './webhooks.ts';

/** Where webhooks go, and what they are signed with. */
export interface WebhookEndpoint extends Signing {
  url: string;
  /** Pause before the second try; each later one is twice as long. Default 2000. */
  retryMs?: number;
  /** Longest wait for a whole answer. Default 10 000. */
  timeoutMs?: number;
}

/** What became of the webhooks so far. */
export interface Deliveries {
  /** Events that an endpoint accepted. */
  readonly delivered: number;
  /** Events that were given up after ten tries. */
  readonly failed: number;
  /** Events that wait, the one in delivery included. */
  readonly pending: number;
  /** Resolves once no event is pending; at once when none is, or when delivery has ended. */
  settled(): Promise<void>;
}

/** Takes events to one endpoint at a time. */
export interface Courier extends Deliveries {
  /** Delivers every event from now on, first in, first out. Events for the endpoint before are dropped; null delivers none. */
  to(endpoint: WebhookEndpoint | null): void;
  /** Ends delivery and leaves neither timer nor socket. */
  close(): Promise<void>;
}

/** A courier without an endpoint. Throws TypeError for an endpoint whose URL is none. */
export function createCourier(polar: Polar): Courier {
  const agent = new Agent({ connections: 1 });
  const counts = { delivered: 0, failed: 0 };
  let line: Line | undefined;
  const to: Courier['to'] = (endpoint) => {
    line?.stop();
    line = endpoint ? openLine(polar, delivery(agent, endpoint), (result) => (counts[result] += 1)) : undefined;
  };
  return {
    get delivered() {
      return counts.delivered;
    },
    get failed() {
      return counts.failed;
    },
    get pending() {
      return line?.pending() ?? 0;
    },
    settled: async () => line?.settled(),
    to,
    close: async () => {
      const last = line;
      to(null);
      await last?.settled();
      await agent.destroy();
    },
  };
}

/** The events on their way to one endpoint. */
interface Line {
  pending(): number;
  settled(): Promise<void>;
  stop(): void;
}

type Deliver = (message: Message, signal: AbortSignal) => Promise<'delivered' | 'failed'>;

/** Takes each event as the edit left its entity, and delivers them one after the other in the background. */
function openLine(polar: Polar, deliver: Deliver, tell: (result: 'delivered' | 'failed') => void): Line {
  const stop = new AbortController();
  let pending = 0;
  let last = Promise.resolve();

  async function bring(message: Message): Promise<void> {
    if (stop.signal.aborted) return;
    try {
      tell(await deliver(message, stop.signal));
      pending -= 1;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  }

  async function settled(): Promise<void> {
    await last;
    if (pending > 0) await settled();
  }

  const unsubscribe = polar.subscribe((event) => {
    const message = messageOf(polar, event);
    pending += 1;
    last = last.then(() => bring(message));
  });
  return {
    pending: () => pending,
    settled,
    stop: () => {
      unsubscribe();
      stop.abort();
      pending = 0;
    },
  };
}

const TRIES = 10;
const LONGEST_PAUSE_MS = 20 * 60_000;

/** Tries a message up to ten times, signed anew each time. */
function delivery(agent: Agent, endpoint: WebhookEndpoint): Deliver {
  const { retryMs = 2000, timeoutMs = 10_000 } = endpoint;
  const url = new URL(endpoint.url);
  return async (message, signal) => {
    for (let tries = 1; !(await post(agent, url, signed(message, endpoint), timeoutMs, signal)); tries++) {
      if (tries === TRIES) return 'failed';
      await pause(Math.min(retryMs * 2 ** (tries - 1), LONGEST_PAUSE_MS), undefined, { signal });
    }
    return 'delivered';
  };
}

/** True for an answer of 2xx in time. Polar follows no redirect. */
async function post(
  agent: Agent,
  url: URL,
  webhook: SignedWebhook,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const { statusCode, body } = await request(url, { ...webhook, method: 'POST', dispatcher: agent, signal: limit });
    await body.text();
    return statusCode >= 200 && statusCode < 300;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
