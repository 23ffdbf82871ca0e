CREATE TABLE "sync"."pending_deletions" (
	"stream" text NOT NULL,
	"list" text NOT NULL,
	"walk_id" uuid NOT NULL,
	"found_at" timestamp with time zone NOT NULL,
	"ids" text[] NOT NULL,
	CONSTRAINT "pending_deletions_stream_list_pk" PRIMARY KEY("stream","list")
);--> statement-breakpoint
COMMENT ON TABLE "sync"."pending_deletions" IS 'Many records at a time that a complete full walk found missing: they get tombstones when another one says the same within 7 days';--> statement-breakpoint
COMMENT ON COLUMN "sync"."pending_deletions"."stream" IS 'Stream, such as polar.checkouts';--> statement-breakpoint
COMMENT ON COLUMN "sync"."pending_deletions"."list" IS 'Address of the source and filters of the list that was walked';--> statement-breakpoint
COMMENT ON COLUMN "sync"."pending_deletions"."walk_id" IS 'The walk that found them missing';--> statement-breakpoint
COMMENT ON COLUMN "sync"."pending_deletions"."found_at" IS 'When it did';--> statement-breakpoint
COMMENT ON COLUMN "sync"."pending_deletions"."ids" IS 'Ids of the records';
