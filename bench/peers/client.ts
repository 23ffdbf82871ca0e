import { Agent } from 'node:http';
import { createRequire } from 'node:module';

/** The Stripe client inside an engine; neither engine has a setting for the address. */
export interface StripeClient {
  _setApiField(name: string, value: unknown): void;
}

/** Points an engine's Stripe client at a simulated Stripe. */
export function redirect(stripe: StripeClient, url: string): void {
  const { hostname, port } = new URL(url);
  const fields = { host: hostname, port, protocol: 'http', agent: new Agent({ keepAlive: true }) };
  // oxlint-disable-next-line no-underscore-dangle -- there is no other way in
  for (const [name, value] of Object.entries(fields)) stripe._setApiField(name, value);
}

/** Loads a package from the caller's folder; it is installed only while the benchmark runs. */
export const load = (name: string, from: string): unknown => createRequire(from)(name);

/** Reports errors only, so that logging costs the engines nothing. */
export const logger = {
  info: () => undefined,
  warn: () => undefined,
  error: (...facts: unknown[]) => console.error(...facts),
};
