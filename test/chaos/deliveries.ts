import { random } from '../../src/simulator/random.ts';
import type { Post } from '../../src/simulator/webhook-sender.ts';
import { polarProtocol } from '../../src/simulator/polar/webhooks.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { until } from '../support/service.ts';

/** Webhooks under delivery: each is delayed by a random time, and some are sent twice. */
export interface Deliveries {
  /** Returns the number of accepted webhooks. */
  accepted: () => number;
  /** True while so many deliveries wait that edits should pause: the workers are away, or slow. */
  isBehind: () => boolean;
  /** Resolves when all webhooks are accepted. */
  settled: () => Promise<void>;
  stop: () => void;
}

const LONGEST_DELAY_MS = 5000;
/** Pause before the second attempt; it doubles each time, up to the longest delay. */
const AGAIN_MS = 700;
const MOST_PENDING = 80;
/** Timeout of a delivery, the same as Polar's. */
const ANSWER_MS = 10_000;

/** Receiver of webhooks. */
interface Destination {
  secret: string;
  /** The workers' current addresses for them. */
  routes: () => readonly string[];
  /** Types that are delivered. */
  types: RegExp;
}

/** Delivers a webhook for each edit from now on. */
export function startDeliveries(
  { polar }: Simulator,
  seed: number,
  { secret, routes, types }: Destination,
): Deliveries {
  const chance = random(seed, 'webhooks');
  let [pending, accepted, isStopped] = [0, 0, false];

  const protocol = polarProtocol(polar);
  const deliver = async (message: Parameters<typeof protocol.sign>[0], pauseMs = AGAIN_MS): Promise<void> => {
    const addresses = routes();
    const url = addresses[chance.integer(0, Math.max(0, addresses.length - 1))];
    if (isStopped) return;
    if (url !== undefined && (await isAccepted(url, protocol.sign(message, { secret })))) {
      pending -= 1;
      accepted += 1;
    } else setTimeout(() => void deliver(message, Math.min(pauseMs * 2, LONGEST_DELAY_MS)), pauseMs);
  };
  const unsubscribe = protocol.subscribe((message) => {
    if (!types.test(typeOf(message.body))) return;
    for (let copies = chance.chance(0.3) ? 2 : 1; copies > 0; copies--) {
      pending += 1;
      setTimeout(() => void deliver(message), chance.integer(0, LONGEST_DELAY_MS));
    }
  });
  return {
    accepted: () => accepted,
    isBehind: () => pending > MOST_PENDING,
    settled: () => until('all webhooks are accepted', () => pending === 0, 600_000),
    stop() {
      isStopped = true;
      unsubscribe();
    },
  };
}

const typeOf = (body: string) => /"type":"([^"]+)"/.exec(body)?.[1] ?? '';

/** Returns false, and never rejects, for a worker that is gone, stopped or without its database. */
async function isAccepted(url: string, { headers, body }: Post): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    return (await fetch(url, { method: 'POST', headers, body, signal })).ok;
  } catch {
    return false;
  }
}
