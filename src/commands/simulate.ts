import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import type { FynnSimulator } from '../simulator/fynn-simulator.ts';
import type { Simulator } from '../simulator/simulator.ts';
import { isLoopback } from '../model/loopback.ts';
import { count } from './format.ts';
import { helpAfter } from './help.ts';
import { HIGHEST_PORT, jsonOption, MOST_RECORDS, print, wholeNumber, type Invocation } from './invocation.ts';

/** Options of the simulator. */
export interface SimulateOptions {
  port: number;
  host: string;
  links: number;
  checkouts: number;
  seed: number;
  token: string;
  /** Requests per minute; 0 for no limit. */
  limit: number;
  latency: number;
  /** Edits per second; 0 for none. */
  live: number;
  /** URL that webhooks are sent to; given together with the secret that signs them, or not at all. */
  webhooks?: string;
  webhookSecret?: string;
  /** Port of a simulated Fynn; without it, there is none. */
  fynnPort?: number;
  /** True if the simulated Fynn lists checkout links. */
  fynnList?: boolean;
  json?: boolean;
}

/** The running simulators. */
export interface Simulated {
  polar: Simulator;
  fynn: FynnSimulator | undefined;
}

/** Returns the command `simulate`, which serves a made-up Polar, and a made-up Fynn if requested, until the signal. */
export const simulateCommand = (invocation: Invocation): Command =>
  new Command('simulate')
    .description('serve a simulated Polar on a port, and optionally a simulated Fynn on another')
    .option('--port <number>', 'port to listen on', wholeNumber(1, HIGHEST_PORT), 4010)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--links <number>', 'links of the merchant', wholeNumber(0, MOST_RECORDS), 200)
    .option('--checkouts <number>', 'sessions of the merchant', wholeNumber(0, MOST_RECORDS), 5000)
    .option('--seed <number>', 'seed of everything random', wholeNumber(0), 1)
    .option('--token <token>', 'access token that it accepts', 'polar_oat_simulator')
    .option('--limit <number>', 'requests per minute, 0 for no limit', wholeNumber(0), 500)
    .option('--latency <ms>', 'delay of each response', wholeNumber(0), 0)
    .option('--live <number>', 'edits per second, 0 for none', wholeNumber(0), 0)
    .option('--webhooks <url>', 'deliver a signed webhook of each edit to this URL; needs --webhook-secret', webAddress)
    .option(
      '--webhook-secret <secret>',
      'secret that webhooks are signed with: whsec_ and base64, as Polar makes them, or any text',
    )
    .option('--fynn-port <number>', 'also serve a simulated Fynn, on this port', wholeNumber(1, HIGHEST_PORT))
    .option('--fynn-list', 'let the simulated Fynn list its checkout links')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync simulate', 'prints the settings that connect to it'],
          ['npx checkout-sync simulate --live 2 --latency 80', 'with two edits per second and slow responses'],
          ['npx checkout-sync simulate --fynn-port 4011 --fynn-list', 'also a simulated Fynn'],
        ],
        page: 'docs/operations.md',
      }),
    )
    .action((options: SimulateOptions, command: Command) => {
      if (!options.webhooks !== !options.webhookSecret)
        command.error("error: options '--webhooks <url>' and '--webhook-secret <secret>' need each other");
      return simulate(invocation, options);
    });

function webAddress(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? ''))
    throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:3000/webhooks/polar.');
  return text;
}

async function simulate(invocation: Invocation, options: SimulateOptions): Promise<void> {
  const { startSimulator } = await import('../simulator/simulator.ts');
  const { startFynnSimulator } = await import('../simulator/fynn-simulator.ts');
  const polar = await startSimulator(polarOptions(options));
  direct(polar, options);
  try {
    const fynn = options.fynnPort === undefined ? undefined : await startFynnSimulator(fynnOptions(options));
    const simulated = { polar, fynn };
    print(invocation, simulatedJson(simulated), !options.json && describeSimulator(simulated, options));
    if (!invocation.signal.aborted) await once(invocation.signal, 'abort');
    await fynn?.close();
  } finally {
    await polar.close();
  }
}

const ENCODINGS = ['zstd', 'br', 'gzip'] as const;

const polarOptions = ({ host, port, links, checkouts, seed, token, limit, latency }: SimulateOptions) => ({
  host,
  port,
  links,
  checkouts,
  seed,
  token,
  latencyMs: latency,
  encodings: ENCODINGS,
  scopes: 'every' as const,
  requestsPerMinute: limit === 0 ? null : limit,
});

const fynnOptions = ({ host, seed, latency, fynnPort = 0, fynnList = false }: SimulateOptions) => ({
  host,
  port: fynnPort,
  seed,
  latencyMs: latency,
  encodings: ENCODINGS,
  hasLinkList: fynnList,
});

/** Makes the simulator send webhooks and have live traffic, if requested. */
function direct(simulator: Simulator, { live, webhooks, webhookSecret }: SimulateOptions): void {
  if (webhooks !== undefined && webhookSecret !== undefined)
    simulator.webhooks({ url: webhooks, secret: webhookSecret });
  if (live > 0) simulator.live({ perSecond: live });
}

/** Formats addresses and credentials for programs. */
const simulatedJson = ({ polar, fynn }: Simulated) => ({
  url: polar.url,
  token: polar.token,
  ...(fynn && { fynn: { url: fynn.url, apiKey: fynn.apiKey } }),
});

/** Formats how to use the running simulators, for people. */
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
