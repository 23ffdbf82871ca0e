import { bigint, primaryKey, text } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { withComments } from '../model/comments.ts';
import { account, ACCOUNT, instant, sync } from './sync-schema.ts';

export const changes = withComments(
  sync.table(
    'changes',
    {
      seq: bigint({ mode: 'number' }).notNull().generatedAlwaysAsIdentity({ cache: 1 }),
      account: account(),
      source: text().notNull(),
      relation: text().notNull(),
      id: text().notNull(),
      op: text().notNull(),
      version_at: instant(),
      observed_at: instant().notNull(),
      run_id: bigint({ mode: 'number' }),
      via: text().notNull(),
    },
    (table) => [primaryKey({ columns: [table.source, table.seq] })],
  ),
  'The change feed: one row for each row of the source’s tables that was written, in the same transaction; kept for SYNC_KEEP_CHANGES_DAYS. See docs/pipelines.md',
  {
    seq: 'Place in the feed: within a source in the order of the commits, with gaps',
    account: ACCOUNT,
    source: 'Source, such as polar; a consumer has a watermark for each',
    relation: 'Table, such as polar.checkouts; a change of a row also covers its sets, such as polar.checkout_products',
    id: 'Id of the row',
    op: 'i inserted, u updated, t got a tombstone (deleted_at), r lost it again, d deleted from the table',
    version_at: 'version_at of the row after the change; for a deleted row, the last one',
    observed_at: 'When the response or webhook with the change arrived; for d, when the row was deleted',
    run_id: 'Run of sync.runs that wrote it; null outside of walks',
    via: 'walk, webhook, pull, tombstone (a 404 at the end of a full walk) or command (such as accounts remove)',
  },
);

export const trimmedChanges = withComments(
  sync.table('trimmed_changes', {
    source: text().primaryKey(),
    seq: bigint({ mode: 'number' }).notNull(),
  }),
  'How far each change feed was trimmed',
  { source: 'Source, such as polar', seq: 'seq of the newest change that was trimmed' },
);

export const histories = withComments(
  sync.table('histories', { relation: text().primaryKey(), since: instant().notNull() }),
  'Tables whose states are kept in schema history. See docs/history.md',
  {
    relation: 'Table, such as polar.checkouts',
    since: 'Start of the history; for an account that was added later, its first_seen_at in sync.accounts',
  },
);

// Finds the sources by the first column of the key, one after the other, which avoids reading a feed of millions.
/** View of the beginning and the end of each feed. */
export const feeds = sync
  .view('feeds', {
    source: text(),
    min_seq: bigint({ mode: 'number' }),
    last_seq: bigint({ mode: 'number' }),
  })
  .as(
    sql.raw(`with recursive present(source) as (
  select min(source) from sync.changes
  union all
  select (select min(c.source) from sync.changes c where c.source > p.source) from present p where p.source is not null
)
select source, coalesce(t.seq, 0) as min_seq,
  coalesce((select max(c.seq) from sync.changes c where c.source = f.source), t.seq) as last_seq
from (select source from present where source is not null union select source from sync.trimmed_changes) f
left join sync.trimmed_changes t using (source)`),
  );
