import type { ErrorEntries } from './entry.ts';

/** Errors of reports, exports and readers. */
export const reportingErrors = {
  CS6101: {
    title: 'Invalid name of a reader',
    means: 'The name is reserved by Postgres, or has characters that are not allowed here.',
    fix: 'Use letters, digits and `_`, such as `reports`.',
    exit: 2,
  },
  CS6102: {
    title: 'The role does not exist',
    means: 'Postgres has no role with this name.',
    fix: 'Check the name; `\\du` in psql lists the roles.',
    exit: 2,
  },
  CS6103: {
    title: 'The role cannot be created',
    means: 'The role of `DATABASE_URL` may not create roles.',
    fix: 'Ask somebody with that right to create the role as the message says, then run the command again.',
    exit: 1,
  },
  CS6104: {
    title: 'The role has other rights',
    means: 'A reader of reports must not have access to other tables, and this role has. Nothing was changed.',
    fix: 'Use another role for reports.',
    exit: 1,
  },
  CS6201: {
    title: 'Unknown view or table',
    means: 'No view or table with this name can be exported.',
    fix: 'Run `npx checkout-sync export --list`, which shows all of them.',
    exit: 2,
  },
  CS6202: {
    title: 'The view or table may not be read',
    means: 'The role in `DATABASE_URL` may not read this view or table.',
    fix: 'Grant the right, or export with a role that has it.',
    exit: 2,
  },
  CS6203: {
    title: 'Changes cannot be exported',
    means: 'The change feed does not list every change of these views or tables.',
    fix: 'Export them in full, without `--since-seq`.',
    exit: 2,
  },
  CS6204: {
    title: 'A seq is missing',
    means: '`--since-seq` needs one seq for each source whose tables are exported.',
    fix: 'Give one per source, such as `--since-seq polar=120,fynn=7`.',
    exit: 2,
  },
  CS6205: {
    title: 'The changes are no longer kept',
    means: 'Changes after this seq have been deleted from the change feed (`SYNC_KEEP_CHANGES_DAYS`).',
    fix: 'Export without `--since-seq`, and continue from the seq in its manifest.',
    exit: 1,
  },
  CS6206: {
    title: 'The seq belongs to another database',
    means:
      'The change feed has not reached this seq, so the seq is from another database, or from this one before a restore.',
    fix: 'Export without `--since-seq`, and continue from the seq in its manifest.',
    exit: 1,
  },
  CS6207: {
    title: 'A value does not fit into Parquet',
    means: "The column's Parquet type cannot hold the value exactly.",
    fix: 'Export as `csv` or `jsonl`.',
    exit: 1,
  },
  CS6208: {
    title: 'The folder has other files',
    means: 'The export would replace a file that is not from an earlier export.',
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
    means: 'The month is not written as `2026-10`, has not begun, or has no finished day yet.',
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
    means: 'The admin server makes one report at a time, and at most three requests wait for theirs.',
    fix: 'Try again in half a minute.',
    http: 503,
  },
} as const satisfies ErrorEntries;
