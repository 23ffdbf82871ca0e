import type { ErrorEntries } from './entry.ts';

/** Errors of Postgres. */
export const postgresErrors = {
  CS2101: {
    title: 'No connection to Postgres',
    means: 'The server cannot be reached, is starting, did not respond in time, or the connection was lost.',
    fix: 'Check that the server runs, and the host and port of `DATABASE_URL`. A worker retries by itself.',
    exit: 1,
  },
  CS2102: {
    title: 'Postgres refuses the login',
    means: 'User or password are wrong, or `pg_hba.conf` does not let this user in from this machine.',
    fix: 'Correct user and password in `DATABASE_URL`, or let the user in.',
    exit: 1,
  },
  CS2103: {
    title: 'The database does not exist',
    means: 'The server has no database of the name in `DATABASE_URL`.',
    fix: "Create it (`create database … encoding 'UTF8'`), or correct the name.",
    exit: 1,
  },
  CS2104: {
    title: 'The certificate of Postgres is not trusted',
    means: 'It is signed by an authority that this machine does not know, has expired, or is for another host.',
    fix: "Do what the message says: add `sslrootcert=<file with the provider's CA>` to `DATABASE_URL` ([operations.md](operations.md) says where to get it), use a host name that the certificate has, or have it renewed.",
    exit: 1,
  },
  CS2105: {
    title: 'Postgres has no free connection',
    means: 'The limit of connections of the server, the database or the role is reached.',
    fix: 'End idle sessions of others, raise the limit, or connect through a pooler.',
    exit: 1,
  },
  CS2106: {
    title: 'The pooler is in statement mode',
    means: '`DATABASE_URL` leads through a pooler in statement mode, which allows no transactions.',
    fix: 'Set `DATABASE_URL` to the server itself, or to a pooler in session or transaction mode.',
    exit: 1,
  },
  CS2107: {
    title: 'The address of a hosted Postgres needs a change',
    means: '`doctor` knows the provider by the host name, and an option or a port of the address does not suit it.',
    fix: 'Change `DATABASE_URL` as the message says.',
    exit: 1,
  },
  CS2108: {
    title: 'Encryption does not suit Postgres',
    means:
      'The server refuses connections without TLS, as most hosted ones do, or it has no TLS although `sslmode` asks for it.',
    fix: 'Add `sslmode=require` to `DATABASE_URL`, or remove `sslmode`, as the message says; [hosting.md](hosting.md) has the addresses of providers.',
    exit: 1,
  },
  CS2201: {
    title: 'Postgres is too old',
    means: 'Version 14 or newer is needed.',
    fix: 'Upgrade the server, or set `DATABASE_URL` to a newer one.',
    exit: 2,
  },
  CS2202: {
    title: 'The database is not encoded in UTF-8',
    means: 'A database of another encoding cannot hold every text of a source.',
    fix: "Create another one (`create database … encoding 'UTF8' template template0`), and set `DATABASE_URL` to it.",
    exit: 2,
  },
  CS2203: {
    title: 'The schema belongs to a newer checkout-sync',
    means: 'A newer version has migrated this database. This version does not know its tables.',
    fix: 'Stop this version, and start the new one.',
    exit: 2,
  },
  CS2204: {
    title: 'The schema is not up to date',
    means: 'Tables or views are missing, or of an older version. The command that failed changes no schema.',
    fix: 'Run `npx checkout-sync migrate`. `sync` and `worker` do so when they start.',
    exit: 2,
  },
  CS2205: {
    title: 'The schema cannot be migrated',
    means: 'Postgres refused a migration, of which nothing was applied. The message says why.',
    fix: 'Remove the cause, then run `npx checkout-sync migrate`. Often the role lacks rights, or an object of yours is in the way.',
    exit: 1,
  },
  CS2206: {
    title: 'The views for reports cannot be brought up to date',
    means: 'The role may not create them, or objects of yours depend on views that get other columns.',
    fix: 'Grant the rights, or drop the objects that the message names, run `npx checkout-sync migrate`, and create them again.',
    exit: 1,
  },
  CS2207: {
    title: 'The tables were changed',
    means: 'Columns, types, keys or indexes are not as the migrations made them.',
    fix: 'Undo what the message names. `npx checkout-sync doctor` looks for all of it.',
    exit: 1,
  },
  CS2301: {
    title: 'The role lacks rights',
    means: 'The role of `DATABASE_URL` may not read, write or create what is needed.',
    fix: 'Grant what the message names; `npx checkout-sync doctor` lists it, and [operations.md](operations.md) has the statements.',
    exit: 1,
  },
  CS2302: {
    title: 'Postgres is read-only',
    means: 'The server is a replica, has become one in a failover, or its transactions are set to read only.',
    fix: 'Set `DATABASE_URL` to the primary server, by a name that follows a failover.',
    exit: 1,
  },
  CS2303: {
    title: 'The disk of Postgres is full',
    means: 'The server cannot store more (SQLSTATE 53100). What was stored before is complete.',
    fix: 'Make room on its disk. The next run continues where this one stopped.',
    exit: 1,
  },
  CS2304: {
    title: 'Postgres lacks memory or other resources',
    means: 'The server ran out of memory, or a limit of its configuration is reached (SQLSTATE 53 or 58).',
    fix: "See the server's log, and raise what it names.",
    exit: 1,
  },
  CS2305: {
    title: 'A query took too long',
    means:
      'Postgres canceled a statement that ran, or waited for a lock, longer than a timeout allows, or that somebody canceled.',
    fix: 'End the session that holds the lock, or wait until the server has less to do. Runs are retried. `statement_timeout` of the role has no effect: checkout-sync sets its own.',
    exit: 1,
  },
  CS2306: {
    title: 'Postgres refuses to store records',
    means: 'A trigger, column, constraint, index or type that checkout-sync did not create refuses a write.',
    fix: 'Correct or drop what the message names.',
    exit: 1,
  },
  CS2307: {
    title: 'Postgres reports an error',
    means: 'Any other error of the server. The message is its own.',
    fix: "Run `npx checkout-sync doctor`, and see the server's log.",
    exit: 1,
  },
  CS2401: {
    title: 'The embedded Postgres is not available',
    means: '`DATABASE_URL` is not set, and this platform, user or installation cannot run the embedded Postgres.',
    fix: 'Set `DATABASE_URL`, or do what the message says.',
    exit: 2,
  },
  CS2402: {
    title: 'The folder of the embedded Postgres cannot be used',
    means:
      '`DATABASE_URL` is not set, and `.data/postgres` in the working directory cannot be written, or holds something else.',
    fix: 'Run in a folder that checkout-sync may write to, or set `DATABASE_URL`.',
    exit: 2,
  },
  CS2403: {
    title: 'The embedded Postgres fails',
    means: 'It cannot be created, started or stopped, or does not respond.',
    fix: 'See `server.log` in its folder, and do what the message says.',
    exit: 1,
  },
  CS2501: {
    title: "This machine's clock differs from the database's",
    means: "The clocks differ by more than 30 seconds. Rows, budgets and schedules follow the database's.",
    fix: 'Synchronize both with NTP.',
    exit: 1,
  },
  CS2502: {
    title: 'Rows are dated in the future',
    means: 'A clock was ahead when they were stored, so that newer data would not replace them.',
    fix: 'Run `npx checkout-sync sync`, which corrects them.',
    exit: 1,
  },
} as const satisfies ErrorEntries;
