ALTER TABLE "sync"."runs" ADD COLUMN "skewed" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
COMMENT ON COLUMN "sync"."checkpoints"."started_at" IS 'When the walk started, by the database’s clock';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."skewed" IS 'Rows of all tables that had been observed in the future, by a clock that was ahead, and were set right';
