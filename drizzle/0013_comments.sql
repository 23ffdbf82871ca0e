COMMENT ON TABLE "polar"."product_benefits" IS 'Which benefits a product grants; private ones where a webhook of the product showed them';--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."key" IS 'Source, address of its API, and fingerprint of the credential';--> statement-breakpoint
COMMENT ON TABLE "sync"."checkpoints" IS 'Walks that are not complete: where the next run continues';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."walk_id" IS 'The walk; an interrupted walk continues in a later run';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."finished_at" IS 'When the run ended; null while it runs';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."outcome" IS 'complete, failed, or interrupted by a stop of the process; null while it runs';--> statement-breakpoint
COMMENT ON TABLE "sync"."seen_pages" IS 'Pages of walks that are not complete, with the ids on each. Unlogged: after a crash of Postgres such a walk starts again';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."record_id" IS 'Id of the record it is about, if it has one';
