CREATE TABLE "sync"."changes" (
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "sync"."changes_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"account" text NOT NULL,
	"source" text NOT NULL,
	"relation" text NOT NULL,
	"id" text NOT NULL,
	"op" text NOT NULL,
	"version_at" timestamp with time zone,
	"observed_at" timestamp with time zone NOT NULL,
	"run_id" bigint,
	"via" text NOT NULL,
	CONSTRAINT "changes_source_seq_pk" PRIMARY KEY("source","seq")
);
--> statement-breakpoint
CREATE TABLE "sync"."trimmed_changes" (
	"source" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE VIEW "sync"."feeds" AS (with recursive present(source) as (
  select min(source) from sync.changes
  union all
  select (select min(c.source) from sync.changes c where c.source > p.source) from present p where p.source is not null
)
select source, coalesce(t.seq, 0) as min_seq,
  coalesce((select max(c.seq) from sync.changes c where c.source = f.source), t.seq) as last_seq
from (select source from present where source is not null union select source from sync.trimmed_changes) f
left join sync.trimmed_changes t using (source));--> statement-breakpoint
COMMENT ON TABLE "sync"."changes" IS 'The change feed: one row for each row of the source’s tables that was written, in the same transaction; kept for SYNC_KEEP_CHANGES_DAYS. See docs/pipelines.md';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."seq" IS 'Place in the feed: within a source in the order of the commits, with gaps';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."account" IS 'Account; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."source" IS 'Source, such as polar; a consumer has a watermark for each';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."relation" IS 'Table, such as polar.checkouts; a row of it also stands for its sets, such as polar.checkout_products';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."id" IS 'Id of the row';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."op" IS 'i inserted, u updated, t got a tombstone (deleted_at), r lost it again, d deleted from the table';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."version_at" IS 'version_at of the row after the change; of a deleted row the last one';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."observed_at" IS 'When the response or webhook that brought the change reached us; for d when the row was deleted';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."run_id" IS 'Run of sync.runs that wrote it; null outside of walks';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."via" IS 'walk, webhook, pull, tombstone (a 404 at the end of a full walk) or command (such as accounts remove)';--> statement-breakpoint
COMMENT ON TABLE "sync"."trimmed_changes" IS 'Up to where each feed was trimmed';--> statement-breakpoint
COMMENT ON COLUMN "sync"."trimmed_changes"."source" IS 'Source, such as polar';--> statement-breakpoint
COMMENT ON COLUMN "sync"."trimmed_changes"."seq" IS 'seq of the newest change that was trimmed';--> statement-breakpoint
COMMENT ON VIEW "sync"."feeds" IS 'Where the change feed of each source begins and ends; a source without changes is missing';--> statement-breakpoint
COMMENT ON COLUMN "sync"."feeds"."source" IS 'Source, such as polar';--> statement-breakpoint
COMMENT ON COLUMN "sync"."feeds"."min_seq" IS 'Smallest watermark that misses nothing: a consumer with a smaller one must begin again with a snapshot';--> statement-breakpoint
COMMENT ON COLUMN "sync"."feeds"."last_seq" IS 'seq of the newest change: the watermark of a snapshot that is read in the same transaction';
