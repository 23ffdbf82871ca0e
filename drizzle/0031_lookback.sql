ALTER TABLE "sync"."runs" ADD COLUMN "lookback_ms" bigint;--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."lookback_ms" IS 'How many milliseconds an incremental walk read back from the start of the last one that read as far; null for full walks';
