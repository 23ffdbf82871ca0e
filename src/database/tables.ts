import { sql } from 'drizzle-orm';
import { boolean, bigint, bigserial, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../model/comments.ts';
import { free } from '../model/privacy.ts';
import { account, ACCOUNT, counter, instant, sync } from './sync-schema.ts';

export const runs = withComments(
  sync.table(
    'runs',
    {
      id: bigserial({ mode: 'number' }).primaryKey(),
      account: account(),
      stream: text().notNull(),
      mode: text().notNull(),
      list: text().notNull(),
      walk_id: uuid().notNull(),
      walk_started_at: instant(),
      lookback_ms: bigint({ mode: 'number' }),
      started_at: instant().notNull(),
      finished_at: instant(),
      outcome: text(),
      requests: counter(),
      pages: counter(),
      records: counter(),
      total: integer(),
      inserted: counter(),
      updated: counter(),
      unchanged: counter(),
      tombstoned: counter(),
      rejected: counter(),
      unreadable: counter(),
      skewed: counter(),
      error: text(),
      error_code: text(),
    },
    (table) => [
      index().on(table.account, table.stream, table.outcome, table.id),
      index().on(table.walk_id),
      index('runs_account_stream_latest_index').on(table.account, table.stream, sql`greatest(started_at, finished_at)`),
      index('runs_account_stream_walked_index')
        .on(table.account, table.stream, table.walk_started_at)
        .where(sql`outcome = 'complete' or unreadable > 0`),
      index('runs_account_stream_skewed_index')
        .on(table.account, table.stream, table.id)
        .where(sql`skewed > 0`),
    ],
  ),
  'Runs: one row each time a walk began or resumed. Kept for 90 days, complete incremental runs for 7 days; the last complete ones of each list are always kept',
  {
    id: 'Number of the run',
    account: ACCOUNT,
    stream: 'Stream, such as polar.checkouts',
    mode: 'full or incremental',
    list: 'Address of the source and filters of the list that was walked',
    walk_id: 'The walk; an interrupted walk continues in a later run',
    walk_started_at: 'When the walk started, by the clock of the source',
    lookback_ms:
      'Look-back of an incremental walk in milliseconds, counted from the start of the last one that read as far; null for full walks',
    started_at: 'When the run started',
    finished_at: 'When the run ended; null while it runs',
    outcome: 'complete, failed, or interrupted by a stop of the process; null while it runs',
    requests: 'HTTP requests sent, retries included',
    pages: 'Pages stored',
    records: 'Different records read',
    total: 'Total number of records that the source reported',
    inserted: 'Records that were new',
    updated: 'Records that had changed',
    unchanged: 'Records that were stored already',
    tombstoned: 'Records found deleted at the source',
    rejected: 'Records that cannot be stored as a row; see rejected_records',
    unreadable: 'Records that the source failed to list; the walk read the others and was not complete',
    skewed: 'Rows of all tables that were dated in the future by a clock that was ahead, and were corrected',
    error: free('Why the run failed'),
    error_code: 'Code of that error, such as CS4201; docs/errors.md explains it',
  },
);

export const checkpoints = withComments(
  sync.table(
    'checkpoints',
    {
      account: account(),
      stream: text().notNull(),
      mode: text().notNull(),
      list: text().notNull(),
      walk_id: uuid().notNull(),
      started_at: instant().notNull(),
      source_started_at: instant(),
      pages: counter(),
      updated_at: instant().notNull(),
    },
    (table) => [primaryKey({ columns: [table.account, table.stream, table.mode] })],
  ),
  'Checkpoints of incomplete walks, at which the next run continues',
  {
    account: ACCOUNT,
    stream: 'Stream, such as polar.checkouts',
    mode: 'full or incremental',
    list: 'Address of the source and filters of the list; another list is another walk',
    walk_id: 'The walk; its pages are in seen_pages',
    started_at: 'When the walk started, by the database’s clock',
    source_started_at: 'When the walk started, by the clock of the source',
    pages: 'Pages stored so far',
    updated_at: 'When the last page was stored',
  },
);

export const seenPages = withComments(
  sync.table(
    'seen_pages',
    {
      walk_id: uuid().notNull(),
      number: integer().notNull(),
      run_id: bigint({ mode: 'number' }).notNull(),
      span: jsonb().notNull(),
      ids: text().array().notNull(),
    },
    (table) => [primaryKey({ columns: [table.walk_id, table.number] })],
  ),
  'Pages of incomplete walks, with the ids on each. Unlogged: after a crash of Postgres, such a walk starts from the beginning',
  {
    walk_id: 'The walk',
    number: 'Number of the page, in the order of storing',
    run_id: 'Run that stored it',
    span: 'Which part of the list the page shows',
    ids: 'Ids of its records',
  },
);

export const idSlices = withComments(
  sync.table(
    'id_slices',
    {
      walk_id: uuid().notNull(),
      slice: integer().notNull(),
      is_stored: boolean().notNull(),
      part: integer().notNull(),
      ids: text().array().notNull(),
    },
    (table) => [primaryKey({ columns: [table.walk_id, table.slice, table.is_stored, table.part] })],
  ),
  'Ids by their hash, for the transaction that compares the stored records of a large stream with those that its full walk saw. Unlogged, and empty outside of that transaction',
  {
    walk_id: 'The walk',
    slice: 'Slice of the hashes',
    is_stored: 'True for ids of rows, false for ids on pages',
    part: 'Part of the table or of the pages that the ids are from',
    ids: 'Ids of records',
  },
);

export const rejectedRecords = withComments(
  sync.table(
    'rejected_records',
    {
      account: account(),
      stream: text().notNull(),
      fingerprint: text().notNull(),
      record_id: text(),
      reason: text().notNull(),
      payload: jsonb().notNull(),
      first_seen_at: instant().notNull(),
      last_seen_at: instant().notNull(),
      resolved_at: instant(),
    },
    (table) => [
      primaryKey({ columns: [table.account, table.stream, table.fingerprint] }),
      index('rejected_records_standing_index')
        .on(table.account, table.stream, table.record_id)
        .where(sql`resolved_at is null`),
    ],
  ),
  'Rejected records, which cannot be stored as a row; kept for 90 days after they were resolved',
  {
    account: ACCOUNT,
    stream: 'Stream, such as polar.checkouts; the source, such as polar, if a webhook’s record belongs to no stream',
    fingerprint: 'MD5 of reason and payload',
    record_id: free('Id of the record, if it has one'),
    reason: free('Why it cannot be stored as a row'),
    payload: free('The record as it was received, without secrets'),
    first_seen_at: 'When it first arrived',
    last_seen_at: 'When it last arrived',
    resolved_at:
      'When a later state of the record was stored, or a complete full walk no longer found it; null while unresolved',
  },
);

export const walkLeases = withComments(
  sync.table(
    'walk_leases',
    {
      account: account(),
      stream: text().notNull(),
      token: bigint({ mode: 'number' }).notNull(),
      mode: text(),
      holder: text().notNull(),
      backend_pid: integer(),
      backend_started_at: instant(),
      acquired_at: instant().notNull(),
      expires_at: instant().notNull(),
    },
    (table) => [primaryKey({ columns: [table.account, table.stream] })],
  ),
  'Leases: the process that walks a stream of an account',
  {
    account: ACCOUNT,
    stream: 'Stream, such as polar.checkouts',
    token: 'Fencing token: grows with each holder, checked in each transaction',
    mode: 'Mode of the walk: full or incremental',
    holder: 'Host and process id',
    backend_pid:
      'Database session of the holder: if it has ended, the holder is gone; null behind a pooler in transaction mode',
    backend_started_at: 'When that session started',
    acquired_at: 'When the holder took the lease',
    expires_at: 'When others may take it unless it is renewed',
  },
);

export const pendingDeletions = withComments(
  sync.table(
    'pending_deletions',
    {
      account: account(),
      stream: text().notNull(),
      list: text().notNull(),
      walk_id: uuid().notNull(),
      found_at: instant().notNull(),
      ids: text().array().notNull(),
    },
    (table) => [primaryKey({ columns: [table.account, table.stream, table.list] })],
  ),
  'Records that a complete full walk missed together with many others: they get no tombstones unless another one misses them within 7 days',
  {
    account: ACCOUNT,
    stream: 'Stream, such as polar.checkouts',
    list: 'Address of the source and filters of the list that was walked',
    walk_id: 'The walk that found them missing',
    found_at: 'When they were found missing',
    ids: 'Ids of the records',
  },
);
