import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** Address that webhooks are sent to, and the secret that signs them. */
export interface Endpoint {
  url: string;
  secret: string;
  /** Derivation of the key from the secret, for a source that has several. By default the one that the secret suggests. */
  format?: KeyFormat;
  /** Pause before the second attempt, in milliseconds. */
  retryMs?: number;
  /** Longest wait for a whole response. Default 10 000. */
  timeoutMs?: number;
}

/** The secret's text is the key, or base64 of the key. */
export type KeyFormat = 'whole' | 'base64';

/** A webhook as it goes over the wire. */
export interface Post {
  headers: Record<string, string>;
  body: string;
}

/** A source's way of making, signing and retrying webhooks. */
export interface WebhookProtocol<Message> {
  /** Passes on the message of each edit as soon as it is made; the returned function ends that. */
  subscribe(onMessage: (message: Message) => void): () => void;
  /** One try of a message. */
  sign(message: Message, endpoint: Pick<Endpoint, 'secret' | 'format'>): Post;
  /** Pauses between the tries, in milliseconds: one fewer than there are tries. */
  pauses(endpoint: Endpoint): readonly number[];
}

/** The webhooks that an edit causes, each signed as its first try. */
export function postsOf<Message>(protocol: WebhookProtocol<Message>, secret: string, edit: () => void): Post[] {
  const posts: Post[] = [];
  const unsubscribe = protocol.subscribe((message) => posts.push(protocol.sign(message, { secret })));
  try {
    edit();
  } finally {
    unsubscribe();
  }
  return posts;
}

/** Results of the webhooks so far. */
export interface Deliveries {
  /** Events that an endpoint accepted. */
  readonly delivered: number;
  /** Events that were given up after the last try. */
  readonly failed: number;
  /** Events that wait, the one in delivery included. */
  readonly pending: number;
  /** Resolves once no event is pending: immediately when none is, or when delivery has ended. */
  settled(): Promise<void>;
}

/** Sends events to one endpoint at a time. */
export interface WebhookSender extends Deliveries {
  /** Delivers every event from now on, first in, first out. Events for the endpoint before are dropped; null delivers none. */
  to(endpoint: Endpoint | null): void;
  /** Ends delivery and leaves neither timer nor socket. */
  close(): Promise<void>;
}

/** A sender without an endpoint. Throws TypeError for an endpoint whose URL is none. */
export function createWebhookSender<Message>(protocol: WebhookProtocol<Message>): WebhookSender {
  const agent = new Agent({ connections: 1 });
  const counts = { delivered: 0, failed: 0 };
  let queue: DeliveryQueue | undefined;
  const to: WebhookSender['to'] = (endpoint) => {
    queue?.stop();
    queue = endpoint ? openDeliveryQueue(protocol, agent, endpoint, (result) => (counts[result] += 1)) : undefined;
  };
  return {
    get delivered() {
      return counts.delivered;
    },
    get failed() {
      return counts.failed;
    },
    get pending() {
      return queue?.pending() ?? 0;
    },
    settled: async () => queue?.settled(),
    to,
    close: async () => {
      const last = queue;
      to(null);
      await last?.settled();
      await agent.destroy();
    },
  };
}

/** The events on their way to one endpoint. */
interface DeliveryQueue {
  pending(): number;
  settled(): Promise<void>;
  stop(): void;
}

type Result = 'delivered' | 'failed';

/** Delivers messages one after the other in the background. */
function openDeliveryQueue<Message>(
  protocol: WebhookProtocol<Message>,
  agent: Agent,
  endpoint: Endpoint,
  count: (result: Result) => void,
): DeliveryQueue {
  const stop = new AbortController();
  const attempt = delivery(protocol, agent, endpoint, stop.signal);
  let pending = 0;
  let last = Promise.resolve();

  async function deliver(message: Message): Promise<void> {
    if (stop.signal.aborted) return;
    try {
      count(await attempt(message));
      pending -= 1;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  }

  async function settled(): Promise<void> {
    await last;
    if (pending > 0) await settled();
  }

  const unsubscribe = protocol.subscribe((message) => {
    pending += 1;
    last = last.then(() => deliver(message));
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

/** Tries a message until it is accepted or was tried often enough; each try is signed again. */
function delivery<Message>(
  protocol: WebhookProtocol<Message>,
  agent: Agent,
  endpoint: Endpoint,
  signal: AbortSignal,
): (message: Message) => Promise<Result> {
  const url = new URL(endpoint.url);
  const pauses = protocol.pauses(endpoint);

  /** True for a response of 2xx in time; a redirect is none. */
  async function isAccepted(post: Post): Promise<boolean> {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(endpoint.timeoutMs ?? 10_000)]);
      const { statusCode, body } = await request(url, { ...post, method: 'POST', dispatcher: agent, signal: limit });
      await body.text();
      return statusCode >= 200 && statusCode < 300;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }

  return async (message) => {
    for (let tries = 0; !(await isAccepted(protocol.sign(message, endpoint))); tries++) {
      const wait = pauses[tries];
      if (wait === undefined) return 'failed';
      await pause(wait, undefined, { signal });
    }
    return 'delivered';
  };
}
