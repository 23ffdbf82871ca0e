CREATE TABLE "sync"."forgotten" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync"."forgotten_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text,
	"account" text,
	"salt" text NOT NULL,
	"hash" text NOT NULL,
	"forgotten_at" timestamp with time zone NOT NULL
);--> statement-breakpoint
COMMENT ON TABLE "sync"."forgotten" IS 'What people were known by who were forgotten, as keyed hashes: their data is emptied in all that comes. See docs/privacy.md';--> statement-breakpoint
COMMENT ON COLUMN "sync"."forgotten"."id" IS 'Number of the entry: a page that was prepared under an older one is masked again';--> statement-breakpoint
COMMENT ON COLUMN "sync"."forgotten"."source" IS 'Source whose records it concerns; null for all';--> statement-breakpoint
COMMENT ON COLUMN "sync"."forgotten"."account" IS 'Account whose records it concerns; null for all';--> statement-breakpoint
COMMENT ON COLUMN "sync"."forgotten"."salt" IS 'Key of the hash, in hexadecimal';--> statement-breakpoint
COMMENT ON COLUMN "sync"."forgotten"."hash" IS 'HMAC-SHA256 of email:, customer: or external: and the value, in hexadecimal; e-mail addresses and customer ids in lower case';--> statement-breakpoint
COMMENT ON COLUMN "sync"."forgotten"."forgotten_at" IS 'When the person was forgotten';
