import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Fynn } from './fynn.ts';
import { signedWebhook, type SignedWebhook } from './webhooks.ts';

/** Where webhooks go, and what they are signed with. */
export interface WebhookEndpoint {
  url: string;
  secret: string;
  /** Pause between two tries. Default 1000. */
  retryMs?: number;
  /** Longest wait for a whole answer. Default 10 000. */
  timeoutMs?: number;
}

/** What became of the webhooks so far. */
export interface Deliveries {
  /** Events that an endpoint accepted. */
  readonly delivered: number;
  /** Events that were given up after five tries. */
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
export function createCourier(fynn: Fynn): Courier {
  const agent = new Agent({ connections: 1 });
  const counts = { delivered: 0, failed: 0 };
  let line: Line | undefined;
  const to: Courier['to'] = (endpoint) => {
    line?.stop();
    line = endpoint ? openLine(fynn, agent, endpoint, counts) : undefined;
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

/** Takes each event as the edit left its record, and delivers them one after the other in the background. */
function openLine(
  fynn: Fynn,
  agent: Agent,
  endpoint: WebhookEndpoint,
  counts: Record<'delivered' | 'failed', number>,
): Line {
  const stop = new AbortController();
  const deliver = delivery(agent, endpoint, stop.signal);
  let pending = 0;
  let last = Promise.resolve();

  async function bring(webhook: SignedWebhook): Promise<void> {
    if (stop.signal.aborted) return;
    try {
      counts[await deliver(webhook)] += 1;
      pending -= 1;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  }

  async function settled(): Promise<void> {
    await last;
    if (pending > 0) await settled();
  }

  const unsubscribe = fynn.subscribe((event) => {
    const webhook = signedWebhook(fynn, event, endpoint.secret);
    pending += 1;
    last = last.then(() => bring(webhook));
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

const TRIES = 5;

/** Tries a webhook up to five times; rejects when the signal breaks that off. */
function delivery(
  agent: Agent,
  { url, retryMs = 1000, timeoutMs = 10_000 }: WebhookEndpoint,
  signal: AbortSignal,
): (webhook: SignedWebhook) => Promise<'delivered' | 'failed'> {
  const target = new URL(url);

  async function isAccepted(webhook: SignedWebhook): Promise<boolean> {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const sent = { ...webhook, method: 'POST', dispatcher: agent, signal: limit } as const;
      const { statusCode, body } = await request(target, sent);
      await body.text();
      return statusCode >= 200 && statusCode < 300;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }

  return async (webhook) => {
    for (let tries = 1; !(await isAccepted(webhook)); tries++) {
      if (tries === TRIES) return 'failed';
      await pause(retryMs, undefined, { signal });
    }
    return 'delivered';
  };
}
