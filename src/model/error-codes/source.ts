import type { ErrorEntries } from './entry.ts';

/** Errors of the billing provider's API, and of the network and proxies before it. */
export const sourceErrors = {
  CS4101: {
    title: 'No response from the source',
    means:
      'The API, or the proxy in front of it, cannot be reached, did not respond in time, or closed the connection.',
    fix: 'Check that this machine reaches the address in the message. Requests are retried; the next run continues.',
    exit: 1,
  },
  CS4102: {
    title: 'The certificate of the source is not trusted',
    means:
      "It is signed by an authority that this machine does not know, such as a company's proxy, has expired, or is for another host.",
    fix: "Set `NODE_EXTRA_CA_CERTS` to a file with the authority's certificate, or correct the address or the clock.",
    exit: 1,
  },
  CS4103: {
    title: 'No TLS connection to the source',
    means: 'The address does not support TLS, or no TLS version that this machine supports.',
    fix: 'Check the scheme and port of `POLAR_API_URL` or `FYNN_API_URL`, and of the proxy.',
    exit: 1,
  },
  CS4104: {
    title: 'The proxy refuses the user or password',
    means: 'The proxy responded 407.',
    fix: 'Correct user and password in `HTTPS_PROXY` or `HTTP_PROXY`.',
    exit: 1,
  },
  CS4105: {
    title: 'Something between here and the API responded',
    means:
      'A firewall, a proxy or a login page responded instead of the API. The response says nothing about the credential.',
    fix: 'Let these requests through, and check the address of the API. Requests are retried.',
    exit: 1,
  },
  CS4106: {
    title: 'The source redirects',
    means: 'The address redirects to another one, to which the credential is not sent.',
    fix: 'Set `POLAR_API_URL` or `FYNN_API_URL` to the final address.',
    exit: 1,
  },
  CS4107: {
    title: 'The source fails',
    means: 'The API responded with an error of its own (5xx, 408 or 425).',
    fix: "See the provider's status page. Requests are retried; the next run continues.",
    exit: 1,
  },
  CS4108: {
    title: 'The rate limit of the source is reached',
    means: 'The API responded with 429 again and again, because other programs use the same limit.',
    fix: 'Lower `POLAR_REQUESTS_PER_MINUTE` or `FYNN_REQUESTS_PER_MINUTE`, or let the other programs send less. The next run continues.',
    exit: 1,
  },
  CS4109: {
    title: 'The response cannot be used',
    means: 'It is not JSON, is cut off, too large, of an unknown form, or holds another record than was requested.',
    fix: 'Requests are retried. If it persists, the API may have changed: look for a newer checkout-sync.',
    exit: 1,
  },
  CS4201: {
    title: 'The source does not accept the credential',
    means: 'The token or key is wrong, has expired, or belongs to another host, such as the sandbox (401).',
    fix: 'Set `POLAR_ACCESS_TOKEN` or `FYNN_API_KEY` to a valid one for the host in the message.',
    exit: 1,
  },
  CS4202: {
    title: 'The credential lacks a scope',
    means: 'The token or key is valid but may not read this stream (403).',
    fix: "Add the scope that the message names to the token or key, in the provider's settings.",
    exit: 1,
  },
  CS4203: {
    title: 'The source does not know the address or version',
    means: 'The API responded with 404 to a request that it should know.',
    fix: 'Check `POLAR_API_VERSION` and `POLAR_API_URL`, or `FYNN_API_URL`.',
    exit: 1,
  },
  CS4204: {
    title: 'The source refuses the request',
    means: 'The API responded with another 4xx status.',
    fix: 'Do what its message says. If it persists, look for a newer checkout-sync.',
    exit: 1,
  },
  CS4205: {
    title: 'The source shows nothing of the account',
    means:
      'The credential sees no record of the configured organization, or of the one whose records are stored. The walk was abandoned; nothing was marked as deleted.',
    fix: 'Check the credential, the address, and `POLAR_ORGANIZATION_ID`.',
    exit: 1,
  },
  CS4206: {
    title: 'The credential or address belongs to another account',
    means: 'It shows records of another organization than those that are stored. Nothing was stored.',
    fix: 'Set it back, use an account with a name of its own, or remove what is stored (`npx checkout-sync accounts remove`).',
    exit: 1,
  },
  CS4207: {
    title: 'Two accounts are the same',
    means: 'Two accounts of the settings show the same organization.',
    fix: 'Remove the settings of one of them.',
    exit: 1,
  },
  CS4208: {
    title: 'The organization is not clear',
    means: 'The credential sees several organizations, or none with the configured id.',
    fix: 'Set `POLAR_ORGANIZATION_ID` to the one that the message names.',
    exit: 1,
  },
  CS4209: {
    title: "This machine's clock differs from the source's",
    means:
      'Webhooks carry the time at which they were sent, and are refused when it differs by more than five minutes.',
    fix: "Synchronize this machine, and the database's, with NTP.",
    exit: 1,
  },
  CS4301: {
    title: 'The list cannot be read completely',
    means:
      'It changes faster than it can be read, repeats pages, or has too many records of the same date. The walk was abandoned.',
    fix: 'The next run starts again. If it persists, run it when the source has less to do.',
    exit: 1,
  },
  CS4302: {
    title: 'Records cannot be read',
    means:
      'The source returns an error instead of some records. All others are stored, and nothing was marked as deleted.',
    fix: "Report the places or ids in the message to the provider's support.",
    exit: 1,
  },
} as const satisfies ErrorEntries;
