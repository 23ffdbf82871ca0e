CREATE TABLE "sync"."report_keys" (
	"secret" text PRIMARY KEY DEFAULT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync"."views" (
	"name" text PRIMARY KEY NOT NULL,
	"hash" text NOT NULL
);--> statement-breakpoint
COMMENT ON TABLE "sync"."report_keys" IS 'One row: the key of the hashes that stand for e-mail addresses in schema analytics';--> statement-breakpoint
COMMENT ON COLUMN "sync"."report_keys"."secret" IS 'The key; whoever may read it can test whose a hash is';--> statement-breakpoint
COMMENT ON TABLE "sync"."views" IS 'Views that checkout-sync has created, as they were created last';--> statement-breakpoint
COMMENT ON COLUMN "sync"."views"."name" IS 'View, such as analytics.checkouts';--> statement-breakpoint
COMMENT ON COLUMN "sync"."views"."hash" IS 'SHA-256 of its SQL, with the settings in it';
--> statement-breakpoint
INSERT INTO "sync"."report_keys" DEFAULT VALUES;