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
    means: 'The command needs an argument that is missing, or takes fewer arguments than were given.',
    fix: 'Run the command with `--help`, which shows its arguments.',
    exit: 2,
  },
  CS1104: {
    title: 'Invalid value',
    means:
      'The value of an option or argument of a command, or of a call of the library, has another form, or is out of range.',
    fix: 'Write it as the message says.',
    exit: 2,
  },
  CS1105: {
    title: 'Invalid combination of options',
    means: 'An option excludes another one or an argument, or needs another one.',
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
    means: 'The stream exists, and `POLAR_STREAMS` or `FYNN_STREAMS` leaves it out.',
    fix: 'Add it to that setting, or remove the setting to turn on all streams but `polar.events`.',
    exit: 2,
  },
  CS1108: {
    title: 'Unknown account',
    means: 'No credential is set for an account of this name, or nothing is stored of it.',
    fix: 'Use one of the names in the message. `npx checkout-sync accounts` lists them.',
    exit: 2,
  },
  CS1109: {
    title: 'No request for a single record',
    means: 'The API of the source has no request for one record of this stream.',
    fix: 'Run `npx checkout-sync sync` with the name of the stream, which reads its list.',
    exit: 2,
  },
  CS1110: {
    title: 'Invalid id',
    means: 'Ids of this stream have another form, such as a UUID.',
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
    means: '`init` has no terminal to ask on, or the file given with `--token-file` cannot be read.',
    fix: 'Give the option or the setting that the message names, or run it on a terminal.',
    exit: 2,
  },
  CS1113: {
    title: 'An answer of init does not work',
    means: '`init` tried what it was given, and wrote nothing. The message has the code of what is wrong.',
    fix: 'Do what the message says, and run it again.',
    exit: 1,
  },
  CS1114: {
    title: 'The file has another value',
    means: '`init` does not replace settings that are there already without being told to.',
    fix: 'Add `--yes`, remove the line from the file, or write another file with `--file`.',
    exit: 2,
  },
  CS1201: {
    title: 'Invalid setting',
    means: 'The value of a setting has another form. The message names the setting and its valid values.',
    fix: 'Correct it in `.env` or in the environment of the process.',
    exit: 2,
  },
  CS1202: {
    title: 'A setting is missing',
    means: 'A setting that is set, or a call of the library, needs another one.',
    fix: 'Set the one that the message names.',
    exit: 2,
  },
  CS1203: {
    title: 'Invalid DATABASE_URL',
    means:
      'It is not the URL of one Postgres server, or uses what checkout-sync does not support: several hosts, `service`, an unknown `sslmode`, characters that must be escaped, or a file of certificates that cannot be read.',
    fix: 'Write it as `postgres://user:password@host:5432/database`. In the password, write `#` `/` `@` `:` `?` as `%23` `%2F` `%40` `%3A` `%3F`.',
    exit: 2,
  },
  CS1204: {
    title: 'Invalid REDIS_URL',
    means: 'It is not the URL of a Redis server.',
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
    means: 'A variable looks like a setting of checkout-sync but is not one. It would silently have no effect.',
    fix: 'Correct its name, or remove it. The README lists the settings.',
    exit: 2,
  },
  CS1207: {
    title: 'A secret would be sent unencrypted',
    means:
      'An address begins with `http://` and is not on this machine: credentials or events would be sent unencrypted.',
    fix: 'Use `https://`. Where the network in between is trusted, set `ALLOW_INSECURE_HTTP=1`.',
    exit: 2,
  },
  CS1208: {
    title: 'Unknown column in PRIVATE_COLUMNS',
    means: 'The name is not that of a column with data about people.',
    fix: 'Use a name of [tables.md](tables.md), such as `customer_name` or `polar.checkouts.customer_name`.',
    exit: 2,
  },
  CS1209: {
    title: 'Invalid account in the name of a setting',
    means:
      'What follows the two underscores in the name of a setting is not the name of an account, or is there twice.',
    fix: 'Write a letter, then at most 31 letters, digits and `_`, such as `POLAR_ACCESS_TOKEN__SHOP`.',
    exit: 2,
  },
  CS1210: {
    title: '.env cannot be read or written',
    means: 'The file exists, and cannot be opened, is not UTF-8 text, or cannot hold a value.',
    fix: 'Let the user of checkout-sync read and write it, and save it as UTF-8.',
    exit: 2,
  },
  CS1211: {
    title: 'A line of .env is not a setting',
    means: 'The line has no name, or a quote that is never closed. The lines after it would be ignored.',
    fix: 'Write `NAME=value`, `#` before a comment, and close the quote.',
    exit: 2,
  },
  CS1212: {
    title: 'No source is turned on',
    means: 'There is no credential of a billing provider among the settings.',
    fix: 'Set `POLAR_ACCESS_TOKEN`, or `FYNN_API_KEY` and `FYNN_API_URL`.',
    exit: 2,
  },
  CS1213: {
    title: 'A setting without effect',
    means: 'A setting needs another one, which is not set.',
    fix: 'Set the one that the message names, or remove the one without effect.',
    exit: 2,
  },
  CS1214: {
    title: 'ADMIN_TOKEN is missing',
    means:
      'The admin server would listen on an address that other machines can reach, and show its pages to everybody.',
    fix: 'Set `ADMIN_TOKEN` (`openssl rand -hex 24` makes one), or `HOST` to 127.0.0.1.',
    exit: 2,
  },
  CS1215: {
    title: 'The port cannot be opened',
    means: 'Another process listens there, the address is not of this machine, or the user may not open the port.',
    fix: 'Set `HOST` and `PORT` (or the options of `simulate`) to an address of this machine and a free port.',
    exit: 2,
  },
} as const satisfies ErrorEntries;
