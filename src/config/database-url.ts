import { z } from 'zod';

const EXAMPLE = 'postgres://user:password@host:5432/database';
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** Parameters by which libpq finds another server; we would connect to the one of the URL. */
const ELSEWHERE = ['hostaddr', 'service', 'servicefile'];

/** The host of a URL, or what its parameter `host` says instead; libpq takes several of them. */
function hostOf(url: string): string {
  const [, address = '', query = ''] = /^\w+:\/\/(?:[^@/?]*@)?([^/?]*)[^?]*\??(.*)$/.exec(url) ?? [];
  return new URLSearchParams(query).get('host') ?? address;
}

/** What of the URL we could not, or would not do as it says. */
function urlProblem(url: string): string | undefined {
  const { searchParams } = new URL(url);
  const other = ELSEWHERE.find((name) => searchParams.has(name));
  if (other !== undefined) return `must name the host itself: ${other} is not understood`;
  const mode = searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode)) return `has an unknown sslmode: write one of ${SSL_MODES.join(', ')}`;
  return undefined;
}

/** `require` and its like check the certificate, as `verify-full` says; by their own names pg warns that this will change. */
const withStrictTls = (url: string) =>
  url.includes('uselibpqcompat=')
    ? url
    : url.replace(/(?<=[?&]sslmode=)(prefer|require|verify-ca)(?=&|#|$)/, 'verify-full');

/**
 * `DATABASE_URL`. libpq takes more than this: what would be read otherwise than the user means it is refused. The modes that
 * libpq lets pass without looking at the certificate look at it here, as in `verify-full`.
 */
export const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, { abort: true, error: `must be a URL such as ${EXAMPLE}` })
  .refine((url) => !hostOf(url).includes(','), {
    abort: true,
    error: 'names several hosts: name one, the primary server or a pooler in front of it',
  })
  .refine((url) => URL.canParse(url) && !/%(?![\da-f]{2})/i.test(new URL(url).pathname), {
    abort: true,
    error:
      "is not a valid URL: write # / @ : and ? in the password as %23 %2F %40 %3A and %3F, and the port as a number; a socket's directory as postgres://user@localhost/database?host=/run/postgresql",
  })
  .check(({ value, issues }) => {
    const message = urlProblem(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: '' });
  })
  .transform(withStrictTls);
