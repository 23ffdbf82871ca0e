CREATE SCHEMA IF NOT EXISTS "polar";
--> statement-breakpoint
CREATE SCHEMA IF NOT EXISTS "sync";
--> statement-breakpoint
CREATE TABLE "polar"."benefits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"type" text,
	"description" text,
	"selectable" boolean,
	"deletable" boolean,
	"is_deleted" boolean,
	"organization_id" uuid,
	"metadata" jsonb,
	"visibility" text,
	"visibility_configurable" boolean,
	"properties" jsonb,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polar"."checkout_link_products" (
	"checkout_link_id" uuid,
	"product_id" uuid,
	"position" integer NOT NULL,
	CONSTRAINT "checkout_link_products_checkout_link_id_product_id_pk" PRIMARY KEY("checkout_link_id","product_id")
);
--> statement-breakpoint
CREATE TABLE "polar"."checkout_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"label" text,
	"url" text,
	"success_url" text,
	"return_url" text,
	"payment_processor" text,
	"allow_discount_codes" boolean,
	"require_billing_address" boolean,
	"discount_id" uuid,
	"seats" integer,
	"units" integer,
	"trial_interval" text,
	"trial_interval_count" integer,
	"metadata" jsonb,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polar"."checkout_custom_fields" (
	"checkout_id" uuid,
	"custom_field_id" uuid,
	"position" integer NOT NULL,
	"required" boolean,
	CONSTRAINT "checkout_custom_fields_checkout_id_custom_field_id_pk" PRIMARY KEY("checkout_id","custom_field_id")
);
--> statement-breakpoint
CREATE TABLE "polar"."checkout_prices" (
	"checkout_id" uuid,
	"product_price_id" uuid,
	"product_id" uuid,
	"position" integer NOT NULL,
	CONSTRAINT "checkout_prices_checkout_id_product_price_id_pk" PRIMARY KEY("checkout_id","product_price_id")
);
--> statement-breakpoint
CREATE TABLE "polar"."checkout_products" (
	"checkout_id" uuid,
	"product_id" uuid,
	"position" integer NOT NULL,
	CONSTRAINT "checkout_products_checkout_id_product_id_pk" PRIMARY KEY("checkout_id","product_id")
);
--> statement-breakpoint
CREATE TABLE "polar"."checkouts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"status" text,
	"payment_processor" text,
	"url" text,
	"success_url" text,
	"return_url" text,
	"embed_origin" text,
	"locale" text,
	"amount" bigint,
	"discount_amount" bigint,
	"net_amount" bigint,
	"tax_amount" bigint,
	"tax_behavior" text,
	"total_amount" bigint,
	"currency" text,
	"seats" integer,
	"min_seats" integer,
	"max_seats" integer,
	"units" integer,
	"min_units" integer,
	"max_units" integer,
	"allow_trial" boolean,
	"active_trial_interval" text,
	"active_trial_interval_count" integer,
	"trial_end" timestamp with time zone,
	"trial_interval" text,
	"trial_interval_count" integer,
	"organization_id" uuid,
	"product_id" uuid,
	"product_price_id" uuid,
	"discount_id" uuid,
	"subscription_id" uuid,
	"customer_id" uuid,
	"external_customer_id" text,
	"allow_discount_codes" boolean,
	"require_billing_address" boolean,
	"is_discount_applicable" boolean,
	"is_free_product_price" boolean,
	"is_payment_required" boolean,
	"is_payment_setup_required" boolean,
	"is_payment_form_required" boolean,
	"is_business_customer" boolean,
	"customer_name" text,
	"customer_email" text,
	"customer_ip_address" text,
	"customer_billing_name" text,
	"customer_billing_address" jsonb,
	"customer_tax_id" text,
	"payment_method_type" text,
	"payment_processor_metadata" jsonb,
	"billing_address_fields" jsonb,
	"metadata" jsonb,
	"customer_metadata" jsonb,
	"custom_field_data" jsonb,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polar"."custom_fields" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"type" text,
	"slug" text,
	"name" text,
	"metadata" jsonb,
	"properties" jsonb,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polar"."discounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"type" text,
	"duration" text,
	"duration_in_months" integer,
	"amount" bigint,
	"currency" text,
	"amounts" jsonb,
	"basis_points" integer,
	"name" text,
	"code" text,
	"starts_at" timestamp with time zone,
	"ends_at" timestamp with time zone,
	"max_redemptions" integer,
	"max_redemptions_per_customer" integer,
	"redemptions_count" integer,
	"metadata" jsonb,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polar"."medias" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"organization_id" uuid,
	"name" text,
	"path" text,
	"mime_type" text,
	"size" bigint,
	"storage_version" text,
	"checksum_etag" text,
	"checksum_sha256_base64" text,
	"checksum_sha256_hex" text,
	"last_modified_at" timestamp with time zone,
	"version" text,
	"service" text,
	"is_uploaded" boolean,
	"size_readable" text,
	"public_url" text,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (created_at) STORED,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polar"."product_benefits" (
	"product_id" uuid,
	"benefit_id" uuid,
	"position" integer NOT NULL,
	CONSTRAINT "product_benefits_product_id_benefit_id_pk" PRIMARY KEY("product_id","benefit_id")
);
--> statement-breakpoint
CREATE TABLE "polar"."product_medias" (
	"product_id" uuid,
	"media_id" uuid,
	"position" integer NOT NULL,
	CONSTRAINT "product_medias_product_id_media_id_pk" PRIMARY KEY("product_id","media_id")
);
--> statement-breakpoint
CREATE TABLE "polar"."product_prices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"product_id" uuid,
	"source" text,
	"amount_type" text,
	"price_currency" text,
	"tax_behavior" text,
	"is_archived" boolean,
	"legacy" boolean,
	"type" text,
	"recurring_interval" text,
	"price_amount" bigint,
	"minimum_amount" bigint,
	"maximum_amount" bigint,
	"preset_amount" bigint,
	"seat_tiers" jsonb,
	"unit_amount" numeric(17, 12),
	"cap_amount" bigint,
	"meter_id" uuid,
	"meter" jsonb,
	"tiers" jsonb,
	"minimum_units" integer,
	"maximum_units" integer,
	"unit_label" jsonb,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polar"."products" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"name" text,
	"description" text,
	"visibility" text,
	"trial_interval" text,
	"trial_interval_count" integer,
	"recurring_interval" text,
	"recurring_interval_count" integer,
	"meter_interval" text,
	"meter_interval_count" integer,
	"is_recurring" boolean,
	"is_archived" boolean,
	"organization_id" uuid,
	"metadata" jsonb,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync"."checkpoints" (
	"stream" text NOT NULL,
	"mode" text NOT NULL,
	"list" text NOT NULL,
	"walk_id" uuid NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"source_started_at" timestamp with time zone,
	"pages" integer DEFAULT 0 NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "checkpoints_stream_mode_pk" PRIMARY KEY("stream","mode")
);
--> statement-breakpoint
CREATE TABLE "sync"."leases" (
	"stream" text PRIMARY KEY NOT NULL,
	"token" bigint NOT NULL,
	"holder" text NOT NULL,
	"backend_pid" integer NOT NULL,
	"backend_started_at" timestamp with time zone NOT NULL,
	"acquired_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync"."rejected_records" (
	"stream" text NOT NULL,
	"fingerprint" text NOT NULL,
	"record_id" text,
	"reason" text NOT NULL,
	"payload" jsonb NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "rejected_records_stream_fingerprint_pk" PRIMARY KEY("stream","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "sync"."runs" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"stream" text NOT NULL,
	"mode" text NOT NULL,
	"list" text NOT NULL,
	"walk_id" uuid NOT NULL,
	"walk_started_at" timestamp with time zone,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"outcome" text,
	"requests" integer DEFAULT 0 NOT NULL,
	"pages" integer DEFAULT 0 NOT NULL,
	"records" integer DEFAULT 0 NOT NULL,
	"total" integer,
	"inserted" integer DEFAULT 0 NOT NULL,
	"updated" integer DEFAULT 0 NOT NULL,
	"unchanged" integer DEFAULT 0 NOT NULL,
	"tombstoned" integer DEFAULT 0 NOT NULL,
	"rejected" integer DEFAULT 0 NOT NULL,
	"error" text
);
--> statement-breakpoint
CREATE UNLOGGED TABLE "sync"."seen_pages" (
	"walk_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"run_id" bigint NOT NULL,
	"span" jsonb NOT NULL,
	"ids" text[] NOT NULL,
	CONSTRAINT "seen_pages_walk_id_number_pk" PRIMARY KEY("walk_id","number")
);
--> statement-breakpoint
ALTER TABLE "polar"."checkout_link_products" ADD CONSTRAINT "checkout_link_products_checkout_link_id_checkout_links_id_fk" FOREIGN KEY ("checkout_link_id") REFERENCES "polar"."checkout_links"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."checkout_link_products" ADD CONSTRAINT "checkout_link_products_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "polar"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."checkout_links" ADD CONSTRAINT "checkout_links_discount_id_discounts_id_fk" FOREIGN KEY ("discount_id") REFERENCES "polar"."discounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."checkout_custom_fields" ADD CONSTRAINT "checkout_custom_fields_checkout_id_checkouts_id_fk" FOREIGN KEY ("checkout_id") REFERENCES "polar"."checkouts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."checkout_custom_fields" ADD CONSTRAINT "checkout_custom_fields_custom_field_id_custom_fields_id_fk" FOREIGN KEY ("custom_field_id") REFERENCES "polar"."custom_fields"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."checkout_prices" ADD CONSTRAINT "checkout_prices_checkout_id_checkouts_id_fk" FOREIGN KEY ("checkout_id") REFERENCES "polar"."checkouts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."checkout_prices" ADD CONSTRAINT "checkout_prices_product_price_id_product_prices_id_fk" FOREIGN KEY ("product_price_id") REFERENCES "polar"."product_prices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."checkout_products" ADD CONSTRAINT "checkout_products_checkout_id_checkouts_id_fk" FOREIGN KEY ("checkout_id") REFERENCES "polar"."checkouts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."checkout_products" ADD CONSTRAINT "checkout_products_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "polar"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."checkouts" ADD CONSTRAINT "checkouts_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "polar"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."checkouts" ADD CONSTRAINT "checkouts_product_price_id_product_prices_id_fk" FOREIGN KEY ("product_price_id") REFERENCES "polar"."product_prices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."checkouts" ADD CONSTRAINT "checkouts_discount_id_discounts_id_fk" FOREIGN KEY ("discount_id") REFERENCES "polar"."discounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."product_benefits" ADD CONSTRAINT "product_benefits_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "polar"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."product_benefits" ADD CONSTRAINT "product_benefits_benefit_id_benefits_id_fk" FOREIGN KEY ("benefit_id") REFERENCES "polar"."benefits"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."product_medias" ADD CONSTRAINT "product_medias_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "polar"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."product_medias" ADD CONSTRAINT "product_medias_media_id_medias_id_fk" FOREIGN KEY ("media_id") REFERENCES "polar"."medias"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."product_prices" ADD CONSTRAINT "product_prices_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "polar"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "benefits_organization_id_index" ON "polar"."benefits" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "benefits_type_index" ON "polar"."benefits" USING btree ("type");--> statement-breakpoint
CREATE INDEX "checkout_link_products_product_id_index" ON "polar"."checkout_link_products" USING btree ("product_id");--> statement-breakpoint
CREATE INDEX "checkout_links_organization_id_index" ON "polar"."checkout_links" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "checkout_links_discount_id_index" ON "polar"."checkout_links" USING btree ("discount_id");--> statement-breakpoint
CREATE INDEX "checkout_links_created_at_index" ON "polar"."checkout_links" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "checkout_products_product_id_index" ON "polar"."checkout_products" USING btree ("product_id");--> statement-breakpoint
CREATE INDEX "checkouts_created_at_index" ON "polar"."checkouts" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "checkouts_status_index" ON "polar"."checkouts" USING btree ("status");--> statement-breakpoint
CREATE INDEX "checkouts_product_id_index" ON "polar"."checkouts" USING btree ("product_id");--> statement-breakpoint
CREATE INDEX "checkouts_discount_id_index" ON "polar"."checkouts" USING btree ("discount_id");--> statement-breakpoint
CREATE INDEX "checkouts_organization_id_index" ON "polar"."checkouts" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "checkouts_customer_id_index" ON "polar"."checkouts" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "checkouts_subscription_id_index" ON "polar"."checkouts" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "custom_fields_organization_id_index" ON "polar"."custom_fields" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "custom_fields_slug_index" ON "polar"."custom_fields" USING btree ("slug");--> statement-breakpoint
CREATE INDEX "discounts_organization_id_index" ON "polar"."discounts" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "discounts_code_index" ON "polar"."discounts" USING btree ("code");--> statement-breakpoint
CREATE INDEX "medias_organization_id_index" ON "polar"."medias" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "product_benefits_benefit_id_index" ON "polar"."product_benefits" USING btree ("benefit_id");--> statement-breakpoint
CREATE INDEX "product_medias_media_id_index" ON "polar"."product_medias" USING btree ("media_id");--> statement-breakpoint
CREATE INDEX "product_prices_product_id_index" ON "polar"."product_prices" USING btree ("product_id");--> statement-breakpoint
CREATE INDEX "products_organization_id_index" ON "polar"."products" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "runs_stream_started_at_index" ON "sync"."runs" USING btree ("stream","started_at");