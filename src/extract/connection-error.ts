import { certificateFault } from '../model/certificate.ts';
import { FatalError, RetryableError } from '../model/errors.ts';
import type { Source } from '../model/source.ts';
import { BodyTooLargeError } from './body.ts';

/** Codes for peers that do not speak the same TLS; a peer without TLS responds in plain HTTP. */
const PROTOCOL =
  /^ERR_SSL_(WRONG_VERSION_NUMBER|UNKNOWN_PROTOCOL|UNSUPPORTED_PROTOCOL|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|\w+_ALERT_(PROTOCOL_VERSION|HANDSHAKE_FAILURE|UNRECOGNIZED_NAME|CERTIFICATE_REQUIRED))/;

/** Returns the error for a response that did not arrive completely: retryable, or fatal where somebody has to fix the connection. */
export function connectionProblem(source: Source, path: string, cause: unknown): Error {
  if (cause instanceof BodyTooLargeError)
    return new RetryableError('CS4109', `the response to GET ${path} is refused`, { cause, repeats: true });
  const codes = codesOf(cause);
  const certificate = codes.find((code) => certificateFault(code));
  if (certificate !== undefined) return new FatalError('CS4102', certificateProblem(source, certificate), { cause });
  const protocol = codes.find((code) => PROTOCOL.test(code));
  const { origin } = new URL(source.url);
  if (protocol !== undefined)
    return new FatalError(
      'CS4103',
      `${origin}${way(source)} supports no TLS version that this machine supports (${protocol}): check ${source.access.settings.url}, its scheme and port`,
      { cause },
    );
  const isRefused = cause instanceof Error && cause.message.includes('(407)');
  return new RetryableError(
    isRefused ? 'CS4104' : 'CS4101',
    `no response to GET ${path}${way(source)}${isRefused ? WANTS : ''}`,
    { cause },
  );
}

function certificateProblem(source: Source, code: string): string {
  const fault = certificateFault(code);
  const what = `the certificate of ${new URL(source.url).origin}${way(source)}`;
  if (fault === 'dates')
    return `${what} is not valid at this time (${code}): it must be renewed, or this machine's clock put right`;
  if (fault === 'host') return `${what} is for another host (${code}): check ${source.access.settings.url}`;
  return `${what} is not trusted (${code}): set NODE_EXTRA_CA_CERTS to a file with the certificate of the authority that signed it, such as that of your company's proxy, and restart`;
}

const way = ({ proxy }: Source) => (proxy ? ` through the proxy ${proxy.origin}` : '');

const WANTS = ', which refuses the user or password of HTTPS_PROXY or HTTP_PROXY';

/** Returns the codes of an error, of its causes, and of the errors it aggregates. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const parts = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...own, ...codesOf(error.cause), ...parts];
}
