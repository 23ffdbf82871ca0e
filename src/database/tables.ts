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
  'One row for each time a stream was walked, or went on being walked after an interruption. Kept for 90 days, complete incremental runs for 7, and the last complete ones of each list',
  {
    id: 'Number of the run',
    account: ACCOUNT,
    stream: 'Stream, such as polar.checkouts',
    mode: 'full or incremental',
    list: 'Address of the source and filters of the list that was walked',
    walk_id: 'The walk; an interrupted walk continues in a later run',
    walk_started_at: 'When the walk started, by the clock of the source',
    lookback_ms:
      'How many milliseconds an incremental walk read back from the start of the last one that read as far; null for full walks',
    started_at: 'When the run started',
    finished_at: 'When the run ended; null while it runs',
    outcome: 'complete, failed, or interrupted by a stop of the process; null while it runs',
    requests: 'HTTP requests sent, retries included',
    pages: 'Pages stored',
    records: 'Different records read',
    total: 'What the source says it holds in all',
    inserted: 'Records that were new',
    updated: 'Records that had changed',
    unchanged: 'Records that were stored already',
    tombstoned: 'Records found deleted at the source',
    rejected: 'Records that cannot be a row; see rejected_records',
    unreadable: 'Records that the source failed to list: the walk went around them and was not complete',
    skewed: 'Rows of all tables that had been observed in the future, by a clock that was ahead, and were set right',
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
  'Walks that are not complete: where the next run continues',
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
  'Pages of walks that are not complete, with the ids on each. Unlogged: after a crash of Postgres such a walk starts again',
  {
    walk_id: 'The walk',
    number: 'Number of the page in the order it was stored',
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
  'Ids by their hash, inside the transaction that compares what is stored of a large stream with what its full walk has seen. Unlogged, and empty outside of it',
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
  'Records that cannot be a row, each once; kept for 90 days after they were resolved',
  {
    account: ACCOUNT,
    stream: 'Stream, such as polar.checkouts; the source, such as polar, for a webhook’s record that is of no stream',
    fingerprint: 'MD5 of reason and payload',
    record_id: free('Id of the record, if it has one'),
    reason: free('Why it cannot be a row'),
    payload: free('The record as it came, without secrets'),
    first_seen_at: 'When it came first',
    last_seen_at: 'When it came last',
    resolved_at:
      'When a state of the record that came later was stored, or a complete full walk met it no more; null while it stands',
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
  'Who walks which stream of which account',
  {
    account: ACCOUNT,
    stream: 'Stream, such as polar.checkouts',
    token: 'Fencing token: grows with each holder, checked in each transaction',
    mode: 'full or incremental: what the holder does',
    holder: 'Host and process id',
    backend_pid:
      'Database session of the holder: when it is gone, so is the holder; null behind a pooler in transaction mode',
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
  'Many records at a time that a complete full walk found missing: they get tombstones when another one says the same within 7 days',
  {
    account: ACCOUNT,
    stream: 'Stream, such as polar.checkouts',
    list: 'Address of the source and filters of the list that was walked',
    walk_id: 'The walk that found them missing',
    found_at: 'When it did',
    ids: 'Ids of the records',
  },
);
