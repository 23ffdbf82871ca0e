import { once } from 'node:events';
import { startFynnSimulator, type FynnSimulator } from '../simulator/fynn-simulator.ts';
import { startSimulator, type Simulator } from '../simulator/simulator.ts';
import { isLoopback } from '../model/loopback.ts';
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
  /** Where a simulated Fynn listens, too; without it there is none. */
  fynnPort?: number;
  /** Whether that Fynn has a list of checkout links. */
  fynnList?: boolean;
}

/** What is served. */
export interface Simulated {
  polar: Simulator;
  fynn: FynnSimulator | undefined;
}

/** The command `simulate`: serves a made-up Polar, and a made-up Fynn where asked for, until the signal. Answers once it has stopped. */
export async function simulateCommand(
  options: SimulateOptions,
  onStart: (simulated: Simulated) => void,
  signal: AbortSignal,
): Promise<void> {
  const polar = await startPolar(options);
  try {
    const fynn = await startFynn(options);
    onStart({ polar, fynn });
    if (!signal.aborted) await once(signal, 'abort');
    await fynn?.close();
  } finally {
    await polar.close();
  }
}

const ENCODINGS = ['gzip', 'br', 'zstd'] as const;

async function startPolar(options: SimulateOptions): Promise<Simulator> {
  const { limit, latency, live, webhooks, webhookSecret, fynnPort: _port, fynnList: _list, ...sizes } = options;
  const simulator = await startSimulator({
    ...sizes,
    latencyMs: latency,
    encodings: ENCODINGS,
    requestsPerMinute: limit === 0 ? null : limit,
  });
  if (webhooks !== undefined && webhookSecret !== undefined)
    simulator.webhooks({ url: webhooks, secret: webhookSecret });
  if (live > 0) simulator.live({ perSecond: live });
  return simulator;
}

async function startFynn(options: SimulateOptions): Promise<FynnSimulator | undefined> {
  const { host, seed, latency, fynnPort: port, fynnList: hasLinkList = false } = options;
  if (port === undefined) return undefined;
  return startFynnSimulator({ host, port, seed, latencyMs: latency, encodings: ENCODINGS, hasLinkList });
}

/** Addresses and credentials, for programs. */
export const simulatedJson = ({ polar, fynn }: Simulated) => ({
  url: polar.url,
  token: polar.token,
  ...(fynn && { fynn: { url: fynn.url, apiKey: fynn.apiKey } }),
});

/** How to use what is served, for people. */
export function describeSimulator({ polar: { url, token }, fynn }: Simulated, options: SimulateOptions): string[] {
  const { links, checkouts, webhooks } = options;
  const insecure = isLoopback(options.host) ? '' : 'ALLOW_INSECURE_HTTP=1 ';
  const settings = [`${insecure}POLAR_API_URL=${url} POLAR_ACCESS_TOKEN=${token}`];
  if (fynn) settings.push(`FYNN_API_URL=${fynn.url} FYNN_API_KEY=${fynn.apiKey}`);
  return [
    `A simulated Polar with ${count(links)} links and ${count(checkouts)} sessions${fynn ? ', and a simulated Fynn' : ''}. Ctrl-C stops it. In another terminal:`,
    `  ${settings.join(' ')} npx checkout-sync sync`,
    ...(webhooks === undefined ? [] : [`Signed webhooks of its edits go to ${webhooks}.`]),
  ];
}
