import { once } from 'node:events';
import { startSimulator, type Simulator } from '../simulator/simulator.ts';
import { count } from './text.ts';

/** How to start the simulator alone. */
export interface SimulateOptions {
  port: number;
  host: string;
  links: number;
  checkouts: number;
  seed: number;
  token: string;
  /** Requests a minute; 0 for no limit. */
  limit: number;
  latency: number;
  /** Edits a second; 0 for none. */
  live: number;
  /** Where webhooks go; given together with the secret they are signed with, or not at all. */
  webhooks?: string;
  webhookSecret?: string;
}

/** The command `simulate`: serves a made-up Polar until the signal. Answers once it has stopped. */
export async function simulateCommand(
  options: SimulateOptions,
  onStart: (simulator: Simulator) => void,
  signal: AbortSignal,
): Promise<void> {
  const { limit, latency, live, webhooks, webhookSecret, ...sizes } = options;
  const simulator = await startSimulator({
    ...sizes,
    latencyMs: latency,
    requestsPerMinute: limit === 0 ? null : limit,
  });
  if (webhooks !== undefined && webhookSecret !== undefined)
    simulator.webhooks({ url: webhooks, secret: webhookSecret });
  if (live > 0) simulator.live({ perSecond: live });
  onStart(simulator);
  if (!signal.aborted) await once(signal, 'abort');
  await simulator.close();
}

/** How to use the running simulator, for people. */
export function describeSimulator({ url, token }: Simulator, options: SimulateOptions): string[] {
  const { links, checkouts, webhooks } = options;
  return [
    `A simulated Polar with ${count(links)} links and ${count(checkouts)} sessions. Ctrl-C stops it. In another terminal:`,
    `  POLAR_API_URL=${url} POLAR_ACCESS_TOKEN=${token} npx checkout-sync sync`,
    ...(webhooks === undefined ? [] : [`Signed webhooks of its edits go to ${webhooks}.`]),
  ];
}
