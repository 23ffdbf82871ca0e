import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import type { Proxy } from '../model/source.ts';
import { passwordsOf } from './password.ts';

const ERROR = 'must be a URL such as http://user:password@proxy.example.com:3128';

/** Address of a proxy; without a scheme, `http://` as in curl. */
export const proxyUrl = z
  .string()
  .trim()
  .transform((url) => (url.includes('://') ? url : `http://${url}`))
  .refine(isProxy, { error: ERROR });

function isProxy(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && !/%(?![\da-f]{2})/i.test(url.username + url.password);
}

/** Proxy settings by the names users write. Lower-case names take precedence, as everywhere. */
export interface ProxySettings {
  http_proxy?: string | undefined;
  HTTP_PROXY?: string | undefined;
  https_proxy?: string | undefined;
  HTTPS_PROXY?: string | undefined;
  no_proxy?: string | undefined;
  NO_PROXY?: string | undefined;
}

/**
 * Returns the proxy for requests to an address; undefined for none. As in undici, HTTP_PROXY also applies to https
 * while HTTPS_PROXY is unset.
 */
export function proxyFor(address: string, settings: ProxySettings): Proxy | undefined {
  const url = new URL(address);
  const plain = settings.http_proxy ?? settings.HTTP_PROXY;
  const proxy = url.protocol === 'https:' ? (settings.https_proxy ?? settings.HTTPS_PROXY ?? plain) : plain;
  if (proxy === undefined || isExempt(url, settings.no_proxy ?? settings.NO_PROXY ?? '')) return undefined;
  return { url: proxy, origin: new URL(proxy).origin };
}

/**
 * True for an address in NO_PROXY: `*`, or hosts with their subdomains, addresses and subnets, each optionally with a
 * port.
 */
function isExempt({ protocol, hostname, port: given }: URL, noProxy: string): boolean {
  const host = bare(hostname.toLowerCase());
  const port = given || (protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [, name = '', only = port] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
      return only === port && isAmong(host, bare(name));
    });
}

/** Returns a host without the brackets of IPv6 and without the trailing dot. */
const bare = (host: string) => host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

function isAmong(host: string, name: string): boolean {
  if (name === '' || name === '*') return name === '*';
  if (isIP(host) !== 0) return isInSubnet(host, name);
  const domain = name.replace(/^\*?\./, '');
  return (host === domain && !name.startsWith('*')) || host.endsWith(`.${domain}`);
}

function isInSubnet(address: string, name: string): boolean {
  const [network = '', bits] = name.split('/');
  const family = (text: string) => (isIP(text) === 6 ? 'ipv6' : 'ipv4');
  if (isIP(network) === 0) return false;
  const list = new BlockList();
  const most = isIP(network) === 6 ? 128 : 32;
  const prefix = Number(bits ?? most);
  if (!(prefix >= 0 && prefix <= most)) return false;
  list.addSubnet(network, prefix, family(network));
  return list.check(address, family(address));
}

/** Returns the passwords of proxies, plain and as basic authentication. */
export function proxySecrets(env: ProxySettings): [name: string, secret: string][] {
  return (['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'] as const).flatMap((name) => {
    const { username = '', password = '' } = URL.parse(env[name] ?? '') ?? {};
    const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
    const known = passwordsOf(env[name]);
    const secrets = known.length === 0 ? [] : [...known, basic];
    return secrets.map((secret): [string, string] => [`password of ${name}`, secret]);
  });
}
