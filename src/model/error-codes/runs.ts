import type { ErrorEntries } from './entry.ts';

/** Errors of runs and of stored data. */
export const runErrors = {
  CS5101: {
    title: 'Another process walks the stream',
    means: 'One process at a time walks a stream, and another one does so now.',
    fix: 'Wait until it has ended; `npx checkout-sync status` shows it. After a crash, its lease expires within 45 seconds.',
    exit: 1,
  },
  CS5102: {
    title: 'Another process took over the stream',
    means: 'This process did not renew its lease in time, as after a suspend, and stores nothing more.',
    fix: 'Nothing: the other process does the work.',
    exit: 1,
  },
  CS5103: {
    title: 'Interrupted',
    means: 'The process was told to end. What was read is stored.',
    fix: 'Run it again: it continues where it stopped.',
    exit: 1,
  },
  CS5104: {
    title: 'No record of a response can be stored',
    means:
      'Every record was rejected, which most likely means that the API has changed. The walk stops before it rejects all others.',
    fix: 'See `sync.rejected_records`, and look for a newer checkout-sync.',
    exit: 1,
  },
  CS5105: {
    title: 'A row belongs to another account',
    means: 'Another account stored the record first. The record is rejected, and the row stays as it is.',
    fix: 'Nothing, if both accounts are meant to see it. Otherwise, check their credentials.',
    exit: 1,
  },
  CS5106: {
    title: 'A person was forgotten meanwhile',
    means: '`forget` ran while records were prepared, again and again.',
    fix: 'Run it again: the records are masked before they are stored.',
    exit: 1,
  },
  CS5201: {
    title: 'The source does not show stored records',
    means: '`verify` cannot compare records that the credential is not shown.',
    fix: 'Check the credential and the settings in the message; if they are right, run `npx checkout-sync sync`.',
    exit: 1,
  },
  CS5901: {
    title: 'Unexpected error',
    means: 'checkout-sync met something that it does not expect. The message is that of the error itself.',
    fix: 'Try again. If it persists, report it with the message and the version (`npx checkout-sync --version`).',
    exit: 1,
  },
} as const satisfies ErrorEntries;
