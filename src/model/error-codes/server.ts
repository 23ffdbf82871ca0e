import type { ErrorEntries } from './entry.ts';

/** Errors of the admin server, of webhooks and of hooks. */
export const serverErrors = {
  CS7101: {
    title: 'The admin token is missing or wrong',
    means: "The admin server's pages require `ADMIN_TOKEN`.",
    fix: 'Send the token as `authorization: Bearer <token>`, or log in with any user name and the token as the password.',
    http: 401,
  },
  CS7102: {
    title: 'The request comes from elsewhere',
    means: 'The request comes from another site, or through a proxy while no `ADMIN_TOKEN` protects the pages.',
    fix: 'Open the pages at the address of the service, or set `ADMIN_TOKEN`.',
    http: 403,
  },
  CS7103: {
    title: 'Invalid request',
    means: 'The method, encoding, length or a parameter of the request is not supported. The HTTP status says which.',
    fix: 'Correct the request as the message says.',
    http: 400,
  },
  CS7104: {
    title: 'Internal error of the admin server',
    means: 'The request failed for a reason that only the log shows.',
    fix: "See the worker's log for the reason and its code.",
    http: 500,
  },
  CS7201: {
    title: 'The signature of the webhook is wrong',
    means: 'The signature is missing, wrong, or older than five minutes. Nothing was stored.',
    fix: "Set `POLAR_WEBHOOK_SECRET` or `FYNN_WEBHOOK_SECRET` to the endpoint's secret, and synchronize the database's clock. A proxy must not change the body.",
    http: 401,
  },
  CS7202: {
    title: 'The webhook was not stored',
    means: 'The database is down, or refuses the write. The source sends it again.',
    fix: "See the worker's log for the reason.",
    http: 503,
  },
  CS7203: {
    title: 'No account takes these webhooks',
    means: 'The account has no webhook secret, or several accounts have one and none was named.',
    fix: 'Set the secret, or name the source and the account in the call of `webhooks()`.',
    exit: 2,
  },
  CS7301: {
    title: 'Events are not delivered',
    means: 'The receiver at `SYNC_HOOK_URL` does not accept them.',
    fix: 'Make the receiver respond with a 2xx status. An event is retried for about three days. `sync.hook_deliveries` shows its attempts for 14 days.',
    exit: 1,
  },
} as const satisfies ErrorEntries;
