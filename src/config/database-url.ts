import { z } from 'zod';

const EXAMPLE = 'postgres://user:password@host:5432/database';
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** Parameters by which libpq selects another server; pg would connect to the one in the URL. */
const ELSEWHERE = ['hostaddr', 'service', 'servicefile'];

/** Returns the host of a URL, or its parameter `host`; libpq accepts several hosts. */
function hostOf(url: string): string {
  const [, address = '', query = ''] = /^\w+:\/\/(?:[^@/?]*@)?([^/?]*)[^?]*\??(.*)$/.exec(url) ?? [];
  return new URLSearchParams(query).get('host') ?? address;
}

/** Returns the unsupported part of the URL. */
function urlProblem(url: string): string | undefined {
  const { searchParams } = new URL(url);
  const other = ELSEWHERE.find((name) => searchParams.has(name));
  if (other !== undefined) return `must name the host itself: ${other} is not understood`;
  const mode = searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode)) return `has an unknown sslmode: write one of ${SSL_MODES.join(', ')}`;
  return undefined;
}

/**
 * Replaces `require` and similar modes, which check the certificate here, with `verify-full`: pg warns about their
 * names.
 */
const withStrictTls = (url: string) =>
  url.includes('uselibpqcompat=')
    ? url
    : url.replace(/(?<=[?&]sslmode=)(prefer|require|verify-ca)(?=&|#|$)/, 'verify-full');

/**
 * Schema of `DATABASE_URL`. libpq accepts more: a URL that would be read differently from what the user means is
 * refused. The modes in which libpq does not check the certificate check it here, as `verify-full` does.
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
