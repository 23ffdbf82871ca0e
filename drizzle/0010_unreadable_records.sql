ALTER TABLE "sync"."runs" ADD COLUMN "unreadable" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."unreadable" IS 'Records that the source failed to list: the walk went around them and was not complete';
