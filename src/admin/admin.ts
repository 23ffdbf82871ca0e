import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerConfig } from '../config/config.ts';
import { ConfigError } from '../model/errors.ts';
import { isLoopback } from '../model/loopback.ts';

/** Throws a ConfigError if the admin pages would be open to other machines. */
export function requireAdminToken({ host, adminToken }: ServerConfig): void {
  if (isLoopback(host) || adminToken !== undefined) return;
  throw new ConfigError(
    'CS1214',
    `ADMIN_TOKEN must be set when HOST is ${host}: the status page and the queue would be open to everybody who reaches this machine (openssl rand -hex 24 makes one)`,
  );
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Returns the token of a bearer header, or the password of basic authentication with any user name. */
function tokenOf(header = ''): string | undefined {
  const [scheme = '', value = ''] = header.split(' ', 2);
  if (/^bearer$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return undefined;
  return /^[^:]*:(.*)$/s.exec(Buffer.from(value, 'base64').toString('utf8'))?.[1];
}

/** Headers in which proxies name their client. */
const FORWARDING =
  /^(forwarded|via|x-forwarded(-.+)?|x-original-.+|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-.+|fly-.+)$/;

/** True for a request that may come through a proxy: nginx adds no header by default, but uses HTTP/1.0. */
const isForwarded = ({ headers, raw }: FastifyRequest) =>
  raw.httpVersion === '1.0' || Object.keys(headers).some((name) => FORWARDING.test(name));

/**
 * True if a page of another site made the browser send the request. Current browsers say so, older ones name the
 * origin.
 */
function isCrossSite({ headers, host }: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site = 'none' } = headers;
  if (!['same-origin', 'none'].includes(site)) return true;
  return origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host);
}

const ANOTHER_SITE = 'this request comes from another site';

/**
 * Returns the reason why a request must not act with the operator's rights; `isOpen` is true if no token protects the
 * pages.
 */
function objectionTo(request: FastifyRequest, isOpen: boolean): string | undefined {
  // Without a token, a host name that points to this machine would open the pages to any site, and a proxy to all its
  // clients.
  if (isOpen && !isLoopback(request.hostname)) return ANOTHER_SITE;
  if (isOpen && isForwarded(request))
    return 'this request comes through a proxy: set ADMIN_TOKEN to open the pages there';
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  return !isReading && isCrossSite(request) ? ANOTHER_SITE : undefined;
}

/** Returns a hook that admits requests with the token or, if there is none, requests from this machine. */
export function adminGuard({ adminToken }: ServerConfig) {
  const expected = adminToken === undefined ? undefined : digest(adminToken);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const objection = objectionTo(request, expected === undefined);
    if (objection !== undefined) return reply.code(403).send({ error: objection, code: 'CS7102' });
    const token = tokenOf(request.headers.authorization);
    const isAllowed = expected === undefined || (token !== undefined && timingSafeEqual(digest(token), expected));
    if (isAllowed) return undefined;
    return reply
      .code(401)
      .header('www-authenticate', 'Basic realm="checkout-sync", charset="UTF-8"')
      .send({ error: 'ADMIN_TOKEN is needed, as bearer token or as password', code: 'CS7101' });
  };
}
