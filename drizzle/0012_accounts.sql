CREATE TABLE "sync"."accounts" (
	"source" text NOT NULL,
	"account" text NOT NULL,
	"identity" text[] NOT NULL,
	"missing_scopes" text[] DEFAULT '{}' NOT NULL,
	"scopes_asked_at" timestamp with time zone,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "accounts_source_account_pk" PRIMARY KEY("source","account")
);--> statement-breakpoint
CREATE TABLE "sync"."walk_leases" (
	"account" text NOT NULL,
	"stream" text NOT NULL,
	"token" bigint NOT NULL,
	"mode" text,
	"holder" text NOT NULL,
	"backend_pid" integer,
	"backend_started_at" timestamp with time zone,
	"acquired_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "walk_leases_account_stream_pk" PRIMARY KEY("account","stream")
);--> statement-breakpoint
-- What is there belongs to the account without a name. No default stays: a version that knows of no accounts must not write.
ALTER TABLE "fynn"."checkout_link_items" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "fynn"."checkout_links" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "fynn"."plans" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "fynn"."price_plan_checkout_links" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "fynn"."price_plans" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "fynn"."products" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."benefits" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."checkout_link_products" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."checkout_links" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."checkout_custom_fields" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."checkout_prices" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."checkout_products" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."checkouts" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."custom_fields" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."discounts" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."medias" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."product_benefits" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."product_medias" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."product_prices" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "polar"."products" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."checkpoints" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."pending_deletions" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."rejected_records" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."runs" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."sightings" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."webhook_events" ADD COLUMN "account" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "fynn"."checkout_link_items" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "fynn"."checkout_links" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "fynn"."plans" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "fynn"."price_plan_checkout_links" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "fynn"."price_plans" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "fynn"."products" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."benefits" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."checkout_link_products" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."checkout_links" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."checkout_custom_fields" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."checkout_prices" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."checkout_products" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."checkouts" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."custom_fields" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."discounts" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."medias" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."product_benefits" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."product_medias" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."product_prices" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."products" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sync"."checkpoints" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sync"."pending_deletions" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sync"."rejected_records" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sync"."runs" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sync"."sightings" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sync"."webhook_events" ALTER COLUMN "account" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sync"."checkpoints" DROP CONSTRAINT "checkpoints_stream_mode_pk";--> statement-breakpoint
ALTER TABLE "sync"."pending_deletions" DROP CONSTRAINT "pending_deletions_stream_list_pk";--> statement-breakpoint
ALTER TABLE "sync"."rejected_records" DROP CONSTRAINT "rejected_records_stream_fingerprint_pk";--> statement-breakpoint
ALTER TABLE "sync"."sightings" DROP CONSTRAINT "sightings_kind_id_address_credential_pk";--> statement-breakpoint
ALTER TABLE "sync"."webhook_events" DROP CONSTRAINT "webhook_events_source_webhook_id_pk";--> statement-breakpoint
ALTER TABLE "sync"."checkpoints" ADD CONSTRAINT "checkpoints_account_stream_mode_pk" PRIMARY KEY("account","stream","mode");--> statement-breakpoint
ALTER TABLE "sync"."pending_deletions" ADD CONSTRAINT "pending_deletions_account_stream_list_pk" PRIMARY KEY("account","stream","list");--> statement-breakpoint
ALTER TABLE "sync"."rejected_records" ADD CONSTRAINT "rejected_records_account_stream_fingerprint_pk" PRIMARY KEY("account","stream","fingerprint");--> statement-breakpoint
ALTER TABLE "sync"."sightings" ADD CONSTRAINT "sightings_kind_id_account_address_credential_pk" PRIMARY KEY("kind","id","account","address","credential");--> statement-breakpoint
ALTER TABLE "sync"."webhook_events" ADD CONSTRAINT "webhook_events_source_account_webhook_id_pk" PRIMARY KEY("source","account","webhook_id");--> statement-breakpoint
DROP INDEX "sync"."rejected_records_stream_record_id_index";--> statement-breakpoint
DROP INDEX "sync"."runs_stream_started_at_index";--> statement-breakpoint
CREATE INDEX "rejected_records_account_stream_record_id_index" ON "sync"."rejected_records" USING btree ("account","stream","record_id");--> statement-breakpoint
CREATE INDEX "runs_account_stream_started_at_index" ON "sync"."runs" USING btree ("account","stream","started_at");--> statement-breakpoint
-- Whose the account is, as far as it was shown before.
INSERT INTO "sync"."accounts" ("source", "account", "identity", "first_seen_at", "last_seen_at")
SELECT 'polar', 'default', array_agg(DISTINCT "id"), min("first_seen_at"), now() FROM "sync"."sightings" WHERE "kind" = 'polar.organization_id' HAVING count(*) > 0;--> statement-breakpoint
INSERT INTO "sync"."accounts" ("source", "account", "identity", "first_seen_at", "last_seen_at")
SELECT 'fynn', 'default', array_agg(DISTINCT split_part("list", ' ', 1)), min("started_at"), now() FROM "sync"."runs" WHERE "stream" LIKE 'fynn.%' AND "records" > 0 HAVING count(*) > 0;--> statement-breakpoint
-- A version that knows of no accounts takes its leases in the old table, and remembers what it was shown without an account: both are refused.
CREATE FUNCTION "sync"."refuse_older_version"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'this database was brought up to date by a newer checkout-sync: stop this version and start the new one' USING ERRCODE = '55000';
END
$$;--> statement-breakpoint
TRUNCATE "sync"."leases";--> statement-breakpoint
CREATE TRIGGER "checkout_sync_refuse_older_version" BEFORE INSERT OR UPDATE ON "sync"."leases" FOR EACH STATEMENT EXECUTE FUNCTION "sync"."refuse_older_version"();--> statement-breakpoint
CREATE TRIGGER "checkout_sync_refuse_older_version" BEFORE INSERT ON "sync"."sightings" FOR EACH ROW WHEN (NEW."account" IS NULL) EXECUTE FUNCTION "sync"."refuse_older_version"();--> statement-breakpoint
COMMENT ON TABLE "sync"."leases" IS 'Not used any more: versions of checkout-sync that know of no accounts are refused here';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plan_checkout_links"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_custom_fields"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_link_products"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_prices"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_products"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_benefits"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_medias"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON TABLE "sync"."accounts" IS 'Accounts that were synced, and whose they are: a credential that shows another identity is refused';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."source" IS 'Source, such as polar';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."account" IS 'Account; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."identity" IS 'Whose records the account shows: organizations at Polar, the address of the API at Fynn';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."missing_scopes" IS 'What the credential was not allowed when it was asked last; the streams that need it are left out';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."scopes_asked_at" IS 'When that was';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."first_seen_at" IS 'When the account was synced first';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."last_seen_at" IS 'When it was synced last';--> statement-breakpoint
COMMENT ON COLUMN "sync"."checkpoints"."account" IS 'Account; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "sync"."pending_deletions"."account" IS 'Account; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."account" IS 'Account; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."account" IS 'Account; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "sync"."sightings"."account" IS 'Account; default unless it has a name';--> statement-breakpoint
COMMENT ON TABLE "sync"."walk_leases" IS 'Who walks which stream of which account';--> statement-breakpoint
COMMENT ON COLUMN "sync"."walk_leases"."account" IS 'Account; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "sync"."walk_leases"."stream" IS 'Stream, such as polar.checkouts';--> statement-breakpoint
COMMENT ON COLUMN "sync"."walk_leases"."token" IS 'Fencing token: grows with each holder, checked in each transaction';--> statement-breakpoint
COMMENT ON COLUMN "sync"."walk_leases"."mode" IS 'full or incremental: what the holder does';--> statement-breakpoint
COMMENT ON COLUMN "sync"."walk_leases"."holder" IS 'Host and process id';--> statement-breakpoint
COMMENT ON COLUMN "sync"."walk_leases"."backend_pid" IS 'Database session of the holder: when it is gone, so is the holder; null behind a pooler in transaction mode';--> statement-breakpoint
COMMENT ON COLUMN "sync"."walk_leases"."backend_started_at" IS 'When that session started';--> statement-breakpoint
COMMENT ON COLUMN "sync"."walk_leases"."acquired_at" IS 'When the holder took the lease';--> statement-breakpoint
COMMENT ON COLUMN "sync"."walk_leases"."expires_at" IS 'When others may take it unless it is renewed';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."account" IS 'Account; default unless it has a name';
