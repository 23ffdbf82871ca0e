import type { ErrorEntries } from './entry.ts';

/** Errors of the billing provider's API, and of the network and proxies before it. */
export const sourceErrors = {
  CS4101: {
    title: 'No response from the source',
    means: 'The API, or a proxy in front of it, cannot be reached, did not respond in time, or closed the connection.',
    fix: 'Check that this machine can reach the address in the message. Requests are retried, and the next run continues where this one stopped.',
    exit: 1,
  },
  CS4102: {
    title: 'The certificate of the source is not trusted',
    means:
      "The certificate is signed by an authority that this machine does not know (such as a company's proxy), has expired, or is for another host.",
    fix: "Set `NODE_EXTRA_CA_CERTS` to a file with the authority's certificate, or correct the address or this machine's clock.",
    exit: 1,
  },
  CS4103: {
    title: 'No TLS connection to the source',
    means: 'The server at this address does not support TLS, or supports no TLS version that this machine supports.',
    fix: 'Check the scheme and port of `POLAR_API_URL` or `FYNN_API_URL`, and of the proxy.',
    exit: 1,
  },
  CS4104: {
    title: 'The proxy refuses the user or password',
    means: 'The proxy responded 407.',
    fix: 'Correct the user and password in `HTTPS_PROXY` or `HTTP_PROXY`.',
    exit: 1,
  },
  CS4105: {
    title: 'Something between here and the API responded',
    means:
      'A firewall, a proxy or a login page responded instead of the API. This does not mean that the credential is wrong.',
    fix: 'Let these requests through, and check the address of the API. Requests are retried.',
    exit: 1,
  },
  CS4106: {
    title: 'The source redirects',
    means: 'The API redirects to another address. The credential is not sent there.',
    fix: 'Set `POLAR_API_URL` or `FYNN_API_URL` to the final address.',
    exit: 1,
  },
  CS4107: {
    title: 'The source fails',
    means: 'The API responded with a server error (5xx, 408 or 425).',
    fix: "See the provider's status page. Requests are retried, and the next run continues where this one stopped.",
    exit: 1,
  },
  CS4108: {
    title: 'The rate limit of the source is reached',
    means: 'The API responded with 429 again and again, because other programs use the same limit.',
    fix: 'Lower `POLAR_REQUESTS_PER_MINUTE` or `FYNN_REQUESTS_PER_MINUTE`, or let the other programs send fewer requests. The next run continues where this one stopped.',
    exit: 1,
  },
  CS4109: {
    title: 'The response cannot be used',
    means:
      'The response is not JSON, is cut off, too large or of an unknown form, or holds another record than the one requested.',
    fix: 'Requests are retried. If the error persists, the API may have changed: upgrade checkout-sync.',
    exit: 1,
  },
  CS4201: {
    title: 'The source does not accept the credential',
    means: "The token or key is wrong, has expired, or belongs to another host, such as Polar's sandbox (401).",
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
    means: 'The API responded with 404 to a request that it should support.',
    fix: 'Check `POLAR_API_VERSION` and `POLAR_API_URL`, or `FYNN_API_URL`.',
    exit: 1,
  },
  CS4204: {
    title: 'The source refuses the request',
    means: 'The API responded with a 4xx status for which checkout-sync has no specific code.',
    fix: "Do what the API's message says. If the error persists, upgrade checkout-sync.",
    exit: 1,
  },
  CS4205: {
    title: 'The source shows nothing of the account',
    means:
      'The credential sees no record of the configured organization, or of the one whose records are stored. The walk was abandoned, and nothing was marked as deleted.',
    fix: 'Check the credential, the address, and `POLAR_ORGANIZATION_ID`.',
    exit: 1,
  },
  CS4206: {
    title: 'The credential or address belongs to another account',
    means:
      'The credential or address shows another organization or tenant than the one whose records are stored. Nothing was stored.',
    fix: 'Restore the setting, give the credential an account with a name of its own, or delete the stored records (`npx checkout-sync accounts remove`).',
    exit: 1,
  },
  CS4207: {
    title: 'Two accounts are the same',
    means: 'Two accounts in the settings show the same organization.',
    fix: 'Remove the settings of one of the accounts.',
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
    means: 'The clocks differ by more than 30 seconds. At more than five minutes, webhooks are refused as too old.',
    fix: 'Synchronize the clocks of this machine and of the database server with NTP.',
    exit: 1,
  },
  CS4301: {
    title: 'The list cannot be read completely',
    means:
      'The list changes faster than it can be read, repeats pages, or has too many records with the same date. The walk was abandoned.',
    fix: 'The next run starts again. If the error persists, run `sync` at a quieter time.',
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
