import type { ErrorEntries } from './entry.ts';

/** Errors of Postgres. */
export const postgresErrors = {
  CS2101: {
    title: 'No connection to Postgres',
    means: 'The server cannot be reached, is starting, or did not respond in time; or the connection was lost.',
    fix: 'Check that the server is running, and check the host and port in `DATABASE_URL`. A worker retries by itself.',
    exit: 1,
  },
  CS2102: {
    title: 'Postgres refuses the login',
    means: 'The user or password is wrong, or `pg_hba.conf` does not let this user in from this machine.',
    fix: 'Correct the user and password in `DATABASE_URL`, or let the user in.',
    exit: 1,
  },
  CS2103: {
    title: 'The database does not exist',
    means: 'The server has no database with the name in `DATABASE_URL`.',
    fix: "Create it (`create database … encoding 'UTF8'`), or correct the name.",
    exit: 1,
  },
  CS2104: {
    title: 'The certificate of Postgres is not trusted',
    means:
      'The certificate is signed by an authority that this machine does not know, has expired, or is for another host.',
    fix: "Do what the message says: add `sslrootcert=<file with the provider's CA>` to `DATABASE_URL` ([hosting.md](hosting.md) says where to get it), use a host name that the certificate has, or have the certificate renewed.",
    exit: 1,
  },
  CS2105: {
    title: 'Postgres has no free connection',
    means: 'The server, the database or the role has reached its connection limit.',
    fix: 'End idle sessions of other programs, raise the limit, or connect through a pooler.',
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
    means:
      '`doctor` recognizes the provider by the host name, and the address has an option or a port that does not work there.',
    fix: 'Change `DATABASE_URL` as the message says.',
    exit: 1,
  },
  CS2108: {
    title: 'Postgres and sslmode disagree on encryption',
    means:
      'The server refuses connections without TLS, as most hosted databases do, or it has no TLS although `sslmode` requires it.',
    fix: 'Add `sslmode=require` to `DATABASE_URL`, or remove `sslmode`, as the message says; [hosting.md](hosting.md) has an example for each provider.',
    exit: 1,
  },
  CS2201: {
    title: 'Postgres is too old',
    means: 'Version 14 or newer is needed.',
    fix: 'Upgrade Postgres, or set `DATABASE_URL` to a newer server.',
    exit: 2,
  },
  CS2202: {
    title: 'The database is not encoded in UTF-8',
    means: 'A database with another encoding cannot hold every text from a source.',
    fix: "Create another database (`create database … encoding 'UTF8' template template0`), and set `DATABASE_URL` to it.",
    exit: 2,
  },
  CS2203: {
    title: 'The schema belongs to a newer checkout-sync',
    means:
      'A newer version of checkout-sync has migrated this database, and this version does not know the new tables.',
    fix: 'Stop this version, and start the newer one.',
    exit: 2,
  },
  CS2204: {
    title: 'The schema is not up to date',
    means: 'Tables or views are missing or outdated. The command that failed does not change the schema.',
    fix: 'Run `npx checkout-sync migrate`. `sync` and `worker` do so when they start.',
    exit: 2,
  },
  CS2205: {
    title: 'The schema cannot be migrated',
    means: 'Postgres refused a migration, and nothing was changed. The message says why.',
    fix: 'Remove the cause, then run `npx checkout-sync migrate`. Often, the role lacks rights, or one of your own objects is in the way.',
    exit: 1,
  },
  CS2206: {
    title: 'The views for reports cannot be brought up to date',
    means: 'The role may not create the views, or objects of yours depend on views whose columns change.',
    fix: 'Grant the rights and run `npx checkout-sync migrate`. Or drop the objects that the message names, migrate, and create them again.',
    exit: 1,
  },
  CS2207: {
    title: 'The tables were changed',
    means: 'Columns, types, keys or indexes differ from those that the migrations created.',
    fix: 'Undo the changes that the message names. `npx checkout-sync doctor` checks all tables.',
    exit: 1,
  },
  CS2301: {
    title: 'The role lacks rights',
    means: 'The role of `DATABASE_URL` may not read, write or create what is needed.',
    fix: 'Grant the rights that the message names. `npx checkout-sync doctor` lists them, and [operations.md](operations.md#database-rights) has the statements.',
    exit: 1,
  },
  CS2302: {
    title: 'Postgres is read-only',
    means: 'The server is a replica, became one in a failover, or is set to read-only transactions.',
    fix: 'Set `DATABASE_URL` to the primary server. Use a host name that follows a failover.',
    exit: 1,
  },
  CS2303: {
    title: 'The disk of Postgres is full',
    means: 'The server has no space left (SQLSTATE 53100). Everything that was stored before is intact.',
    fix: 'Free some disk space. The next run continues where this one stopped.',
    exit: 1,
  },
  CS2304: {
    title: 'Postgres lacks memory or other resources',
    means: 'The server ran out of memory, or reached a limit of its configuration (SQLSTATE class 53 or 58).',
    fix: "See the server's log, and raise the limit that it names.",
    exit: 1,
  },
  CS2305: {
    title: 'A query took too long',
    means:
      'Postgres canceled a statement, because it ran or waited for a lock longer than a timeout allows, or because somebody canceled it.',
    fix: "End the session that holds the lock, or wait until the server has less to do. Runs are retried. Changing the role's `statement_timeout` has no effect, because checkout-sync sets its own.",
    exit: 1,
  },
  CS2306: {
    title: 'Postgres refuses to store records',
    means: 'A trigger, column, constraint, index or type that checkout-sync did not create refuses a write.',
    fix: 'Correct or drop the object that the message names.',
    exit: 1,
  },
  CS2307: {
    title: 'Postgres reports an error',
    means: 'Postgres reported an error for which checkout-sync has no specific code. The message is that of Postgres.',
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
      '`DATABASE_URL` is not set, and the folder `.data/postgres` in the working directory cannot be written or holds something else.',
    fix: 'Run in a folder that checkout-sync may write to, or set `DATABASE_URL`.',
    exit: 2,
  },
  CS2403: {
    title: 'The embedded Postgres fails',
    means: 'The embedded Postgres cannot be created, started or stopped, or does not respond.',
    fix: 'See `server.log` in its folder, and do what the message says.',
    exit: 1,
  },
  CS2501: {
    title: "This machine's clock differs from the database's",
    means: "The clocks differ by more than 30 seconds. Rows, budgets and schedules follow the database's clock.",
    fix: 'Synchronize both clocks with NTP.',
    exit: 1,
  },
  CS2502: {
    title: 'Rows are dated in the future',
    means: 'A clock was ahead when these rows were stored, so newer data would not replace them.',
    fix: 'Run `npx checkout-sync sync`, which corrects the rows.',
    exit: 1,
  },
} as const satisfies ErrorEntries;
