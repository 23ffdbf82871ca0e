import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** Where webhooks go. */
export interface Endpoint {
  url: string;
  /** Pause before the second try, in milliseconds. */
  retryMs?: number;
  /** Longest wait for a whole answer. Default 10 000. */
  timeoutMs?: number;
}

/** A webhook as it goes over the wire. */
export interface Post {
  headers: Record<string, string>;
  body: string;
}

/** How a source sends its webhooks. */
export interface Sender<To extends Endpoint, Message> {
  /** Hands over what tells of each edit, the moment it is made; the returned function ends that. */
  subscribe(onMessage: (message: Message) => void): () => void;
  /** One try of a message. */
  sign(message: Message, endpoint: To): Post;
  /** Pauses between the tries, in milliseconds: one fewer than there are tries. */
  pauses(endpoint: To): readonly number[];
}

/** The messages that an edit causes, each signed as its first try. */
export function postsOf<To extends Endpoint, Message>(
  sender: Sender<To, Message>,
  endpoint: To,
  edit: () => void,
): Post[] {
  const posts: Post[] = [];
  const unsubscribe = sender.subscribe((message) => posts.push(sender.sign(message, endpoint)));
  try {
    edit();
  } finally {
    unsubscribe();
  }
  return posts;
}

/** What became of the webhooks so far. */
export interface Deliveries {
  /** Events that an endpoint accepted. */
  readonly delivered: number;
  /** Events that were given up after the last try. */
  readonly failed: number;
  /** Events that wait, the one in delivery included. */
  readonly pending: number;
  /** Resolves once no event is pending; at once when none is, or when delivery has ended. */
  settled(): Promise<void>;
}

/** Takes events to one endpoint at a time. */
export interface Courier<To extends Endpoint> extends Deliveries {
  /** Delivers every event from now on, first in, first out. Events for the endpoint before are dropped; null delivers none. */
  to(endpoint: To | null): void;
  /** Ends delivery and leaves neither timer nor socket. */
  close(): Promise<void>;
}

/** A courier without an endpoint. Throws TypeError for an endpoint whose URL is none. */
export function createCourier<To extends Endpoint, Message>(sender: Sender<To, Message>): Courier<To> {
  const agent = new Agent({ connections: 1 });
  const counts = { delivered: 0, failed: 0 };
  let line: Line | undefined;
  const to: Courier<To>['to'] = (endpoint) => {
    line?.stop();
    line = endpoint ? openLine(sender, agent, endpoint, (result) => (counts[result] += 1)) : undefined;
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

type Result = 'delivered' | 'failed';

/** Delivers messages one after the other in the background. */
function openLine<To extends Endpoint, Message>(
  sender: Sender<To, Message>,
  agent: Agent,
  endpoint: To,
  tell: (result: Result) => void,
): Line {
  const stop = new AbortController();
  const deliver = delivery(sender, agent, endpoint, stop.signal);
  let pending = 0;
  let last = Promise.resolve();

  async function bring(message: Message): Promise<void> {
    if (stop.signal.aborted) return;
    try {
      tell(await deliver(message));
      pending -= 1;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  }

  async function settled(): Promise<void> {
    await last;
    if (pending > 0) await settled();
  }

  const unsubscribe = sender.subscribe((message) => {
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

/** Tries a message until it is accepted or was tried often enough, signed anew each time. */
function delivery<To extends Endpoint, Message>(
  sender: Sender<To, Message>,
  agent: Agent,
  endpoint: To,
  signal: AbortSignal,
): (message: Message) => Promise<Result> {
  const url = new URL(endpoint.url);
  const pauses = sender.pauses(endpoint);

  /** True for an answer of 2xx in time; a redirect is none. */
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
    for (let tries = 0; !(await isAccepted(sender.sign(message, endpoint))); tries++) {
      const wait = pauses[tries];
      if (wait === undefined) return 'failed';
      await pause(wait, undefined, { signal });
    }
    return 'delivered';
  };
}
