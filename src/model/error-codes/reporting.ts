import type { ErrorEntries } from './entry.ts';

/** Errors of reports, exports and readers. */
export const reportingErrors = {
  CS6101: {
    title: 'Invalid name of a reader',
    means: 'The role has a name that Postgres reserves, or characters that it should not have.',
    fix: 'Use letters, digits and `_`, such as `reports`.',
    exit: 2,
  },
  CS6102: {
    title: 'The role does not exist',
    means: 'Postgres has no role of this name.',
    fix: 'Check the name; `\\du` in psql lists the roles.',
    exit: 2,
  },
  CS6103: {
    title: 'The role cannot be created',
    means: 'The role of `DATABASE_URL` may not create roles.',
    fix: 'Have somebody with that right create it, as the message says, and run the command again.',
    exit: 1,
  },
  CS6104: {
    title: 'The role has other rights',
    means: 'A reader of reports must not reach other tables, and this role does. Nothing was changed.',
    fix: 'Use another role for reports.',
    exit: 1,
  },
  CS6201: {
    title: 'Unknown view or table',
    means: 'There is no view or table of this name to export.',
    fix: 'Run `npx checkout-sync export --list`, which shows all of them.',
    exit: 2,
  },
  CS6202: {
    title: 'The view or table may not be read',
    means: 'The role of `DATABASE_URL` has no right to read it.',
    fix: 'Grant it, or export as a role that may.',
    exit: 2,
  },
  CS6203: {
    title: 'Changes cannot be exported',
    means: 'The change feed does not list every change of these views or tables.',
    fix: 'Export all of them, without `--since-seq`.',
    exit: 2,
  },
  CS6204: {
    title: 'A seq is missing',
    means: '`--since-seq` needs a seq of each source whose tables are exported.',
    fix: 'Write one per source, such as `--since-seq polar=120,fynn=7`.',
    exit: 2,
  },
  CS6205: {
    title: 'The changes are no longer kept',
    means: 'The change feed was pruned past this seq (`SYNC_KEEP_CHANGES_DAYS`).',
    fix: 'Export without `--since-seq`, and continue from the seq in its manifest.',
    exit: 1,
  },
  CS6206: {
    title: 'The seq belongs to another database',
    means:
      'The change feed has not come as far as this seq: it is of another database, or of this one before it was restored.',
    fix: 'Export without `--since-seq`, and continue from the seq in its manifest.',
    exit: 1,
  },
  CS6207: {
    title: 'A value does not fit into Parquet',
    means: 'The column has a type in Parquet that cannot hold the value exactly.',
    fix: 'Export it as `csv` or `jsonl`.',
    exit: 1,
  },
  CS6208: {
    title: 'The folder has other files',
    means: 'A file that an earlier export did not write is where the export would write its own.',
    fix: 'Use another `--out`, or replace the file with `--force`.',
    exit: 2,
  },
  CS6209: {
    title: 'A file or the output cannot be written',
    means: 'The disk is full, the folder does not exist, or the user may not write there.',
    fix: 'Free some disk space, or use another folder.',
    exit: 1,
  },
  CS6301: {
    title: 'Invalid month',
    means: 'It is not written as `2026-10`, has not begun, or has no day yet that is over.',
    fix: 'Use another month, written as `2026-10`.',
    exit: 2,
    http: 400,
  },
  CS6302: {
    title: 'The report takes too long',
    means: 'A query of the report took more than 20 seconds.',
    fix: 'Run `npx checkout-sync report`, which gives each query a minute.',
    http: 503,
  },
  CS6303: {
    title: 'Too many reports are being made',
    means: 'The admin server makes one report at a time, and at most three more may wait.',
    fix: 'Try again in half a minute.',
    http: 503,
  },
} as const satisfies ErrorEntries;
