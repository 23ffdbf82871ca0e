CREATE UNLOGGED TABLE "sync"."budgets" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE TABLE "sync"."webhook_events" (
	"source" text NOT NULL,
	"webhook_id" text NOT NULL,
	"type" text NOT NULL,
	"record_id" text,
	"received_at" timestamp with time zone NOT NULL,
	"outcome" text NOT NULL,
	"reason" text,
	CONSTRAINT "webhook_events_source_webhook_id_pk" PRIMARY KEY("source","webhook_id")
);
--> statement-breakpoint
ALTER TABLE "sync"."leases" ADD COLUMN "mode" text;--> statement-breakpoint
CREATE INDEX "webhook_events_received_at_index" ON "sync"."webhook_events" USING btree ("received_at");--> statement-breakpoint
COMMENT ON TABLE "sync"."budgets" IS 'Requests sent lately, counted for all processes together. Unlogged: a crash of Postgres forgets them';--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."key" IS 'Source and fingerprint of the credential';--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."points" IS 'Requests in the present slice of a minute';--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."expire" IS 'When the slice ends, in milliseconds since 1970';--> statement-breakpoint
COMMENT ON COLUMN "sync"."leases"."mode" IS 'full or incremental: what the holder does';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."outcome" IS 'complete, failed, or interrupted by a stop of the process; null while it goes on';--> statement-breakpoint
COMMENT ON TABLE "sync"."webhook_events" IS 'Webhooks received, each once, for 90 days';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."source" IS 'Source, such as polar';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."webhook_id" IS 'What the source identifies it by, the same over redeliveries';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."type" IS 'Type, such as checkout.updated';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."record_id" IS 'Id of the record it tells of, if it has one';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."received_at" IS 'When it reached us; the observed_at of what it brought';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."outcome" IS 'applied (an older state than the stored one changes nothing), ignored (a type without a table) or rejected';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."reason" IS 'Why it was rejected';
