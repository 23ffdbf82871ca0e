import type { ErrorEntries } from './entry.ts';

/** Errors of runs and of stored data. */
export const runErrors = {
  CS5101: {
    title: 'Another process walks the stream',
    means: 'Only one process at a time walks a stream, and another process is walking this one.',
    fix: 'Wait until that walk has ended; `npx checkout-sync status` shows it. If its process crashed, the lease expires within 45 seconds.',
    exit: 1,
  },
  CS5102: {
    title: 'Another process took over the stream',
    means:
      'This process did not renew its lease in time, such as after the machine was suspended, and stores nothing more.',
    fix: 'Nothing: the other process does the work.',
    exit: 1,
  },
  CS5103: {
    title: 'Interrupted',
    means: 'The process was told to stop. Everything that it had read is stored.',
    fix: 'Run the command again: it continues where it stopped.',
    exit: 1,
  },
  CS5104: {
    title: 'No record of a response can be stored',
    means:
      'Every record of a response was rejected. Most likely, the API has changed, so the walk stopped before it rejected more.',
    fix: 'See the reasons in `sync.rejected_records`, and upgrade checkout-sync.',
    exit: 1,
  },
  CS5105: {
    title: 'A row belongs to another account',
    means: 'Another account stored this record first. The record is rejected, and its row stays as it is.',
    fix: 'Nothing, if both accounts are meant to see the record. Otherwise, check their credentials.',
    exit: 1,
  },
  CS5106: {
    title: 'A person was forgotten meanwhile',
    means: '`forget` ran again and again while records were being prepared.',
    fix: 'Run the command again: it masks the records before it stores them.',
    exit: 1,
  },
  CS5201: {
    title: 'The source does not show stored records',
    means: '`verify` cannot compare stored records that the credential does not see.',
    fix: 'Check the credential and the settings in the message. If they are right, run `npx checkout-sync sync`.',
    exit: 1,
  },
  CS5901: {
    title: 'Unexpected error',
    means: 'Something unexpected happened. The message is that of the original error.',
    fix: 'Try again. If the error persists, report it with the message and the version (`npx checkout-sync --version`).',
    exit: 1,
  },
} as const satisfies ErrorEntries;
