import type { ErrorEntries } from './entry.ts';

/** Errors of the command line and the settings. */
export const settingsErrors = {
  CS1001: {
    title: 'Node.js is too old',
    means: 'checkout-sync needs Node.js 22.19 or newer, and was started with an older one.',
    fix: 'Install a newer Node.js from https://nodejs.org, and check with `node --version` that it is the one that runs.',
    exit: 2,
  },
  CS1101: {
    title: 'Unknown command',
    means: 'checkout-sync has no command of this name.',
    fix: 'Run `npx checkout-sync --help`, which lists the commands.',
    exit: 2,
  },
  CS1102: {
    title: 'Unknown option',
    means: 'The command has no option of this name.',
    fix: 'Run the command with `--help`, which lists its options.',
    exit: 2,
  },
  CS1103: {
    title: 'Missing or extra argument',
    means: 'An argument that the command needs is missing, or there are more arguments than the command takes.',
    fix: 'Run the command with `--help`, which shows its arguments.',
    exit: 2,
  },
  CS1104: {
    title: 'Invalid value',
    means: 'The value of an option or argument, of a command or a library call, has the wrong form or is out of range.',
    fix: 'Write the value as the message says.',
    exit: 2,
  },
  CS1105: {
    title: 'Invalid combination of options',
    means:
      'Two options, or an option and an argument, exclude each other, or an option needs another one that is missing.',
    fix: 'Remove or add what the message names.',
    exit: 2,
  },
  CS1106: {
    title: 'Unknown stream',
    means: 'No source has a stream of this name.',
    fix: 'Use one of the names in the message, such as `polar.checkouts`.',
    exit: 2,
  },
  CS1107: {
    title: 'The stream is turned off',
    means: 'The stream exists, but `POLAR_STREAMS` or `FYNN_STREAMS` leaves it out.',
    fix: 'Add it to that setting, or remove the setting to turn on all streams but `polar.events`.',
    exit: 2,
  },
  CS1108: {
    title: 'Unknown account',
    means: 'No credential is set for an account of this name, or nothing is stored for the account.',
    fix: 'Use one of the names in the message. `npx checkout-sync accounts` lists them.',
    exit: 2,
  },
  CS1109: {
    title: 'No request for a single record',
    means: "The source's API cannot return a single record of this stream.",
    fix: 'Run `npx checkout-sync sync` with the name of the stream, which reads the whole list.',
    exit: 2,
  },
  CS1110: {
    title: 'Invalid id',
    means: "This is not the form of the stream's ids, such as a UUID.",
    fix: 'Copy the whole id from the source, and check that it belongs to this stream.',
    exit: 2,
  },
  CS1111: {
    title: 'The file cannot be imported',
    means: 'The file of `forget --import` cannot be read, or was not printed by `forget --export`.',
    fix: 'Use the unchanged output of `npx checkout-sync forget --export`.',
    exit: 2,
  },
  CS1112: {
    title: 'An answer of init is missing',
    means:
      '`init` has no terminal to ask on and an answer was not given, or the file of `--token-file` cannot be read.',
    fix: 'Give the option or the setting that the message names, or run `init` on a terminal.',
    exit: 2,
  },
  CS1113: {
    title: 'An answer of init does not work',
    means: '`init` tried the answer and wrote nothing. The message has the code of the problem.',
    fix: 'Do what the message says, and run `init` again.',
    exit: 1,
  },
  CS1114: {
    title: 'The file has another value',
    means: 'The file already has another value for this setting, which `init` replaces only if you tell it to.',
    fix: 'Add `--yes`, remove the line from the file, or write another file with `--file`.',
    exit: 2,
  },
  CS1201: {
    title: 'Invalid setting',
    means: 'The value of a setting has the wrong form. The message names the setting and its valid values.',
    fix: 'Correct it in `.env` or in the environment of the process.',
    exit: 2,
  },
  CS1202: {
    title: 'A setting is missing',
    means: 'A setting that is set, or a library call, needs another setting.',
    fix: 'Set the setting that the message names.',
    exit: 2,
  },
  CS1203: {
    title: 'Invalid DATABASE_URL',
    means:
      'The value is not the URL of one Postgres server, or uses something that checkout-sync does not support: several hosts, `service`, an unknown `sslmode`, characters that must be escaped, or a file of certificates that cannot be read.',
    fix: 'Write it as `postgres://user:password@host:5432/database`. In the password, write `#` `/` `@` `:` `?` as `%23` `%2F` `%40` `%3A` `%3F`.',
    exit: 2,
  },
  CS1204: {
    title: 'Invalid REDIS_URL',
    means: 'The value is not the URL of a Redis server.',
    fix: 'Write it as `redis://user:password@host:6379/0`, or with `rediss://` for TLS. In the password, write `%` as `%25`.',
    exit: 2,
  },
  CS1205: {
    title: 'Invalid schedule',
    means: 'A `SYNC_SCHEDULE_…` setting is neither a cron pattern nor an interval, or names no stream.',
    fix: 'Set it to a pattern such as `17 3 * * *` (in UTC), an interval such as `every 5m`, or `off`.',
    exit: 2,
  },
  CS1206: {
    title: 'Unknown setting',
    means:
      'A variable in the environment or in `.env` looks like a setting of checkout-sync but is not one, so it would silently have no effect.',
    fix: 'Correct its name, or remove it. The README lists the settings.',
    exit: 2,
  },
  CS1207: {
    title: 'A secret would be sent unencrypted',
    means:
      'An address begins with `http://` and is not on this machine, so credentials or events would be sent unencrypted.',
    fix: 'Use `https://`. If you trust the network in between, set `ALLOW_INSECURE_HTTP=1`.',
    exit: 2,
  },
  CS1208: {
    title: 'Unknown column in PRIVATE_COLUMNS',
    means: 'No column with data about people has this name.',
    fix: 'Use a name from [tables.md](tables.md), such as `customer_name` or `polar.checkouts.customer_name`.',
    exit: 2,
  },
  CS1209: {
    title: 'Invalid account in the name of a setting',
    means:
      'The part after the two underscores is not a valid account name, is `DEFAULT`, or sets the same setting of an account twice.',
    fix: 'Use a letter followed by at most 31 letters, digits and `_`, such as `POLAR_ACCESS_TOKEN__SHOP`.',
    exit: 2,
  },
  CS1210: {
    title: '.env cannot be read or written',
    means: 'The file exists, but cannot be opened, is not UTF-8 text, or cannot hold a value.',
    fix: 'Let the user that runs checkout-sync read and write the file, and save it as UTF-8.',
    exit: 2,
  },
  CS1211: {
    title: 'A line of .env is not a setting',
    means: 'The line has no name, or opens a quote and never closes it, so the lines after it would be ignored.',
    fix: 'Write `NAME=value`, `#` before a comment, and close the quote.',
    exit: 2,
  },
  CS1212: {
    title: 'No source is turned on',
    means: 'The settings have no credential of a billing provider.',
    fix: 'Set `POLAR_ACCESS_TOKEN`, or `FYNN_API_KEY` and `FYNN_API_URL`.',
    exit: 2,
  },
  CS1213: {
    title: 'A setting without effect',
    means: 'A setting has no effect without another one, which is not set.',
    fix: 'Set the setting that the message names, or remove the one without effect.',
    exit: 2,
  },
  CS1214: {
    title: 'ADMIN_TOKEN is missing',
    means:
      'The admin server would listen on an address that other machines can reach, and show its pages to everybody.',
    fix: 'Set `ADMIN_TOKEN` (`openssl rand -hex 24` generates one), or set `HOST` to 127.0.0.1.',
    exit: 2,
  },
  CS1215: {
    title: 'The port cannot be opened',
    means:
      'Another process listens there, the address does not belong to this machine, or the user may not open the port.',
    fix: 'Set `HOST` and `PORT` (or the options of `simulate`) to an address of this machine and a free port.',
    exit: 2,
  },
} as const satisfies ErrorEntries;
