import { z } from 'zod';
import { isLoopback } from '../model/loopback.ts';

/** The address of an API. */
export const apiUrl = (example: string) =>
  z
    .url({ protocol: /^https?$/, abort: true, error: `must be an http(s) URL, such as ${example}` })
    .refine((url) => !URL.canParse(url) || !(new URL(url).username || new URL(url).password), {
      error: 'must not contain a user or password',
    });

/** RFC 6761: *.localhost is this machine. */
function isInsecure(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/\.$/, '');
  return protocol === 'http:' && !isLoopback(host) && !host.endsWith('.localhost');
}

interface Addresses {
  ALLOW_INSECURE_HTTP: string;
  POLAR_API_URL?: string | undefined;
  FYNN_API_URL?: string | undefined;
}

/** One line for each address to which the credential would go in clear over a network, where whoever listens could read it. */
export function insecureAddresses(env: Addresses): string[] {
  if (env.ALLOW_INSECURE_HTTP === '1') return [];
  return (['POLAR_API_URL', 'FYNN_API_URL'] as const)
    .filter((name) => env[name] !== undefined && isInsecure(env[name]))
    .map(
      (name) =>
        `${name} must begin with https://: the credential would be sent in clear; ALLOW_INSECURE_HTTP=1 allows it`,
    );
}
