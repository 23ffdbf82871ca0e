CREATE TABLE "sync"."hook_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"event" json NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"delivered_at" timestamp with time zone,
	"given_up_at" timestamp with time zone,
	"last_status" integer,
	"last_error" text
);
--> statement-breakpoint
CREATE TABLE "sync"."hook_receivers" (
	"is_on" boolean PRIMARY KEY NOT NULL,
	"turned_on_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync"."unknown_fields" (
	"account" text NOT NULL,
	"stream" text NOT NULL,
	"field" text NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "unknown_fields_account_stream_field_pk" PRIMARY KEY("account","stream","field")
);
--> statement-breakpoint
CREATE INDEX "hook_deliveries_next_attempt_at_index" ON "sync"."hook_deliveries" USING btree ("next_attempt_at");--> statement-breakpoint
COMMENT ON TABLE "sync"."hook_deliveries" IS 'Events for SYNC_HOOK_URL, and what became of them; kept for 14 days after their end';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."id" IS 'Id of the event, sent as webhook-id: the same at each attempt';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."type" IS 'Type of the event, such as run.completed';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."event" IS 'The event as it is sent';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."created_at" IS 'When it happened';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."attempts" IS 'Number of attempts so far';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."next_attempt_at" IS 'When the next attempt is due; null when there is none';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."delivered_at" IS 'When the receiver accepted it';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."given_up_at" IS 'When it was given up, after three days or because SYNC_HOOK_URL was removed';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."last_status" IS 'HTTP status of the last attempt; null without a response';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."last_error" IS 'Why the last attempt failed';--> statement-breakpoint
COMMENT ON TABLE "sync"."hook_receivers" IS 'One row while SYNC_HOOK_URL is set: only then events are queued for it';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_receivers"."is_on" IS 'Always true';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_receivers"."turned_on_at" IS 'When a process with SYNC_HOOK_URL started first';--> statement-breakpoint
COMMENT ON TABLE "sync"."unknown_fields" IS 'Fields and values that the API sent and that have no column, each once';--> statement-breakpoint
COMMENT ON COLUMN "sync"."unknown_fields"."account" IS 'Account; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "sync"."unknown_fields"."stream" IS 'Stream whose records had it, such as polar.checkouts';--> statement-breakpoint
COMMENT ON COLUMN "sync"."unknown_fields"."field" IS 'Table and field, such as polar.products.new_field';--> statement-breakpoint
COMMENT ON COLUMN "sync"."unknown_fields"."first_seen_at" IS 'When a run met it first';
