CREATE SCHEMA "history";
--> statement-breakpoint
CREATE TABLE "history"."checkout_links" (
	"id" uuid,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "history"."checkout_links_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"valid_from" timestamp with time zone NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"is_exact" boolean NOT NULL,
	"via" text NOT NULL,
	"account" text NOT NULL,
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
	"products" jsonb NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb NOT NULL,
	CONSTRAINT "checkout_links_id_seq_pk" PRIMARY KEY("id","seq")
);
--> statement-breakpoint
CREATE TABLE "history"."checkouts" (
	"checkout_id" uuid,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "history"."checkouts_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"valid_from" timestamp with time zone NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"is_exact" boolean NOT NULL,
	"via" text NOT NULL,
	"account" text NOT NULL,
	"modified_at" timestamp with time zone,
	"status" text,
	"amount" bigint,
	"net_amount" bigint,
	"tax_amount" bigint,
	"total_amount" bigint,
	"currency" text,
	"seats" integer,
	"units" integer,
	"product_id" uuid,
	"product_price_id" uuid,
	"discount_id" uuid,
	"payment_method_type" text,
	"has_email" boolean NOT NULL,
	"has_address" boolean NOT NULL,
	CONSTRAINT "checkouts_checkout_id_seq_pk" PRIMARY KEY("checkout_id","seq")
);
--> statement-breakpoint
CREATE TABLE "history"."discounts" (
	"id" uuid,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "history"."discounts_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"valid_from" timestamp with time zone NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"is_exact" boolean NOT NULL,
	"via" text NOT NULL,
	"account" text NOT NULL,
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
	"deleted_at" timestamp with time zone,
	"extra" jsonb NOT NULL,
	CONSTRAINT "discounts_id_seq_pk" PRIMARY KEY("id","seq")
);
--> statement-breakpoint
CREATE TABLE "history"."products" (
	"id" uuid,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "history"."products_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"valid_from" timestamp with time zone NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"is_exact" boolean NOT NULL,
	"via" text NOT NULL,
	"account" text NOT NULL,
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
	"benefits" jsonb NOT NULL,
	"medias" jsonb NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb NOT NULL,
	CONSTRAINT "products_id_seq_pk" PRIMARY KEY("id","seq")
);
--> statement-breakpoint
CREATE TABLE "history"."product_prices" (
	"id" uuid,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "history"."product_prices_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"valid_from" timestamp with time zone NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"is_exact" boolean NOT NULL,
	"via" text NOT NULL,
	"account" text NOT NULL,
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
	"deleted_at" timestamp with time zone,
	"extra" jsonb NOT NULL,
	CONSTRAINT "product_prices_id_seq_pk" PRIMARY KEY("id","seq")
);
--> statement-breakpoint
CREATE TABLE "sync"."histories" (
	"relation" text PRIMARY KEY NOT NULL,
	"since" timestamp with time zone NOT NULL
);--> statement-breakpoint
-- What was there before: the state that the next change will replace.
INSERT INTO "sync"."histories" ("relation", "since") SELECT 'polar.' || "name", now() FROM unnest(ARRAY['checkout_links', 'checkouts', 'discounts', 'products', 'product_prices']) AS "name";--> statement-breakpoint
INSERT INTO "history"."checkout_links" ("id", "created_at", "modified_at", "label", "url", "success_url", "return_url", "payment_processor", "allow_discount_codes", "require_billing_address", "discount_id", "seats", "units", "trial_interval", "trial_interval_count", "metadata", "organization_id", "products", "deleted_at", "extra", "account", "via", "valid_from", "is_exact", "observed_at")
SELECT t."id", t."created_at", t."modified_at", t."label", t."url", t."success_url", t."return_url", t."payment_processor", t."allow_discount_codes", t."require_billing_address", t."discount_id", t."seats", t."units", t."trial_interval", t."trial_interval_count", t."metadata", t."organization_id", (SELECT coalesce(jsonb_agg(to_jsonb(m) - '{checkout_link_id,account}'::text[] ORDER BY m."product_id"), '[]') FROM "polar"."checkout_link_products" m WHERE m."checkout_link_id" = t."id"), t."deleted_at", t."extra", t."account", 'migration', coalesce(t."version_at", t."observed_at"), coalesce(t."created_at" IS NOT NULL AND t."modified_at" IS NULL, false), t."observed_at" FROM "polar"."checkout_links" t;--> statement-breakpoint
INSERT INTO "history"."checkouts" ("checkout_id", "modified_at", "status", "amount", "net_amount", "tax_amount", "total_amount", "currency", "seats", "units", "product_id", "product_price_id", "discount_id", "payment_method_type", "has_email", "has_address", "account", "via", "valid_from", "is_exact", "observed_at")
SELECT t."id", t."modified_at", t."status", t."amount", t."net_amount", t."tax_amount", t."total_amount", t."currency", t."seats", t."units", t."product_id", t."product_price_id", t."discount_id", t."payment_method_type", t."customer_email" IS NOT NULL, coalesce(t."customer_billing_address" ->> 'line1', t."customer_billing_address" ->> 'postal_code') IS NOT NULL, t."account", 'migration', coalesce(t."version_at", t."observed_at"), coalesce(t."created_at" IS NOT NULL AND t."modified_at" IS NULL, false), t."observed_at" FROM "polar"."checkouts" t WHERE t."status" NOT IN ('succeeded', 'expired', 'failed') AND t."expires_at" > now() - interval '15 minutes';--> statement-breakpoint
INSERT INTO "history"."discounts" ("id", "created_at", "modified_at", "type", "duration", "duration_in_months", "amount", "currency", "amounts", "basis_points", "name", "code", "starts_at", "ends_at", "max_redemptions", "max_redemptions_per_customer", "redemptions_count", "metadata", "organization_id", "deleted_at", "extra", "account", "via", "valid_from", "is_exact", "observed_at")
SELECT t."id", t."created_at", t."modified_at", t."type", t."duration", t."duration_in_months", t."amount", t."currency", t."amounts", t."basis_points", t."name", t."code", t."starts_at", t."ends_at", t."max_redemptions", t."max_redemptions_per_customer", t."redemptions_count", t."metadata", t."organization_id", t."deleted_at", t."extra", t."account", 'migration', coalesce(t."version_at", t."observed_at"), coalesce(t."created_at" IS NOT NULL AND t."modified_at" IS NULL, false), t."observed_at" FROM "polar"."discounts" t;--> statement-breakpoint
INSERT INTO "history"."products" ("id", "created_at", "modified_at", "name", "description", "visibility", "trial_interval", "trial_interval_count", "recurring_interval", "recurring_interval_count", "meter_interval", "meter_interval_count", "is_recurring", "is_archived", "organization_id", "metadata", "benefits", "medias", "deleted_at", "extra", "account", "via", "valid_from", "is_exact", "observed_at")
SELECT t."id", t."created_at", t."modified_at", t."name", t."description", t."visibility", t."trial_interval", t."trial_interval_count", t."recurring_interval", t."recurring_interval_count", t."meter_interval", t."meter_interval_count", t."is_recurring", t."is_archived", t."organization_id", t."metadata", (SELECT coalesce(jsonb_agg(to_jsonb(m) - '{product_id,account}'::text[] ORDER BY m."benefit_id"), '[]') FROM "polar"."product_benefits" m WHERE m."product_id" = t."id"), (SELECT coalesce(jsonb_agg(to_jsonb(m) - '{product_id,account}'::text[] ORDER BY m."media_id"), '[]') FROM "polar"."product_medias" m WHERE m."product_id" = t."id"), t."deleted_at", t."extra", t."account", 'migration', coalesce(t."version_at", t."observed_at"), coalesce(t."created_at" IS NOT NULL AND t."modified_at" IS NULL, false), t."observed_at" FROM "polar"."products" t;--> statement-breakpoint
INSERT INTO "history"."product_prices" ("id", "created_at", "modified_at", "product_id", "source", "amount_type", "price_currency", "tax_behavior", "is_archived", "legacy", "type", "recurring_interval", "price_amount", "minimum_amount", "maximum_amount", "preset_amount", "seat_tiers", "unit_amount", "cap_amount", "meter_id", "meter", "tiers", "minimum_units", "maximum_units", "unit_label", "deleted_at", "extra", "account", "via", "valid_from", "is_exact", "observed_at")
SELECT t."id", t."created_at", t."modified_at", t."product_id", t."source", t."amount_type", t."price_currency", t."tax_behavior", t."is_archived", t."legacy", t."type", t."recurring_interval", t."price_amount", t."minimum_amount", t."maximum_amount", t."preset_amount", t."seat_tiers", t."unit_amount", t."cap_amount", t."meter_id", t."meter", t."tiers", t."minimum_units", t."maximum_units", t."unit_label", t."deleted_at", t."extra", t."account", 'migration', coalesce(t."version_at", t."observed_at"), coalesce(t."created_at" IS NOT NULL AND t."modified_at" IS NULL, false), t."observed_at" FROM "polar"."product_prices" t;--> statement-breakpoint
COMMENT ON SCHEMA "history" IS 'The states that records of Polar had';--> statement-breakpoint
COMMENT ON TABLE "history"."checkout_links" IS 'Each state of checkout_links that was seen: whole rows, to which nothing happens any more';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."seq" IS 'Order in which the states were stored; those of a late webhook come after newer ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."valid_from" IS 'When the record was in this state: its modified_at or created_at, or the time of observation where it changed without a date';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."is_exact" IS 'True when the state began at valid_from; false when it began then or earlier';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."via" IS 'walk, webhook, pull, tombstone or command; migration for what was stored when the history began';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."label" IS 'Name given by the merchant';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."url" IS 'What the customer opens';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."success_url" IS 'Where the customer goes after paying (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."return_url" IS 'Where the customer goes when turning back (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."payment_processor" IS 'stripe';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."allow_discount_codes" IS 'Whether the customer may type in a code';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."require_billing_address" IS 'Whether the whole address is asked for';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."discount_id" IS 'Discount applied from the start';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."seats" IS 'Number of seats preset';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."units" IS 'Number of units preset';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."trial_interval" IS 'day, week, month or year; overrides the product’s';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."trial_interval_count" IS 'Length of the trial in trial_interval';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."metadata" IS 'Key-value pairs set by the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."products" IS 'Its products, each with its position';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "history"."checkouts" IS 'Each state of checkouts that was seen, without personal data: rows to which nothing happens any more';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."checkout_id" IS 'The row';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."seq" IS 'Order in which the states were stored; those of a late webhook come after newer ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."valid_from" IS 'When the record was in this state: its modified_at or created_at, or the time of observation where it changed without a date';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."is_exact" IS 'True when the state began at valid_from; false when it began then or earlier';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."via" IS 'walk, webhook, pull, tombstone or command; migration for what was stored when the history began';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."modified_at" IS 'When Polar last changed it, also by the first opening of its page, which sends no webhook; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."status" IS 'open, confirmed, succeeded, expired or failed; a failed payment turns confirmed back into open';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."amount" IS 'Price before discount and tax';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."net_amount" IS 'What remains without tax, as it was priced: amount less the discount of then, less tax_amount where tax_behavior is inclusive';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."tax_amount" IS 'Tax; null until the customer’s place is known, 0 where nothing has to be paid';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."total_amount" IS 'What the customer pays: net_amount plus tax_amount';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."currency" IS 'ISO 4217 in lower case; jpy and krw have no minor digits, kwd has three, most have two';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."seats" IS 'Number of seats chosen';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."units" IS 'Number of units chosen';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."product_id" IS 'Product chosen';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."product_price_id" IS 'Price chosen; deprecated by Polar';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."discount_id" IS 'Discount applied';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."payment_method_type" IS 'How the customer pays, such as card, as chosen in the form before any attempt; null for free ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."has_email" IS 'Whether an e-mail address was there, typed or prefilled';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."has_address" IS 'Whether a street or postal code was there; a country alone comes from the IP address';--> statement-breakpoint
COMMENT ON TABLE "history"."discounts" IS 'Each state of discounts that was seen: whole rows, to which nothing happens any more';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."seq" IS 'Order in which the states were stored; those of a late webhook come after newer ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."valid_from" IS 'When the record was in this state: its modified_at or created_at, or the time of observation where it changed without a date';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."is_exact" IS 'True when the state began at valid_from; false when it began then or earlier';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."via" IS 'walk, webhook, pull, tombstone or command; migration for what was stored when the history began';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."type" IS 'fixed (amount, amounts) or percentage (basis_points)';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."duration" IS 'once, forever or repeating';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."duration_in_months" IS 'For repeating discounts';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."amount" IS 'Fixed discount in minor units of currency; deprecated by amounts';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."currency" IS 'Currency of amount, ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."amounts" IS 'Fixed discount in minor units, by currency';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."basis_points" IS 'Percentage discount: 1000 is 10 %';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."name" IS 'Name given by the merchant';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."code" IS 'What the customer types in; null when only links apply it';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."starts_at" IS 'When it becomes valid';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."ends_at" IS 'When it stops being valid';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."max_redemptions" IS 'How often it can be used in all';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."max_redemptions_per_customer" IS 'How often one customer can use it';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."redemptions_count" IS 'How often it was used; less again when a payment fails. Polar changes it without touching modified_at';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."metadata" IS 'Key-value pairs set by the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "history"."product_prices" IS 'Each state of product_prices that was seen: whole rows, to which nothing happens any more';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."seq" IS 'Order in which the states were stored; those of a late webhook come after newer ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."valid_from" IS 'When the record was in this state: its modified_at or created_at, or the time of observation where it changed without a date';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."is_exact" IS 'True when the state began at valid_from; false when it began then or earlier';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."via" IS 'walk, webhook, pull, tombstone or command; migration for what was stored when the history began';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."product_id" IS 'Product it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."source" IS 'catalog, or ad_hoc when made for one session';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."amount_type" IS 'fixed, custom, seat_based, metered_unit, unit_based, metered_tiers; free on old ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."price_currency" IS 'ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."tax_behavior" IS 'location, inclusive or exclusive';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."is_archived" IS 'Whether the product no longer offers it';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."legacy" IS 'True for prices that carry the recurring interval themselves';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."type" IS 'one_time or recurring; deprecated';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."recurring_interval" IS 'Interval of a legacy price; deprecated elsewhere';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."price_amount" IS 'fixed: price in minor units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."minimum_amount" IS 'custom: lowest amount in minor units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."maximum_amount" IS 'custom: highest amount in minor units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."preset_amount" IS 'custom: amount filled in at first, in minor units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."seat_tiers" IS 'seat_based: price a seat by number of seats';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."unit_amount" IS 'metered_unit: price a unit in minor units, with 12 decimals';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."cap_amount" IS 'metered: most that is charged in a period, in minor units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."meter_id" IS 'metered: meter that counts the units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."meter" IS 'metered: name and unit of the meter';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."tiers" IS 'unit_based, metered_tiers: price a unit by number of units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."minimum_units" IS 'unit_based: fewest units sold';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."maximum_units" IS 'unit_based: most units sold';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."unit_label" IS 'unit_based: name of the unit, by locale and plural form';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "history"."products" IS 'Each state of products that was seen: whole rows, to which nothing happens any more';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."seq" IS 'Order in which the states were stored; those of a late webhook come after newer ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."valid_from" IS 'When the record was in this state: its modified_at or created_at, or the time of observation where it changed without a date';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."is_exact" IS 'True when the state began at valid_from; false when it began then or earlier';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."via" IS 'walk, webhook, pull, tombstone or command; migration for what was stored when the history began';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."name" IS 'Name shown to the customer';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."description" IS 'Text shown to the customer';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."visibility" IS 'draft, private or public';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."trial_interval" IS 'day, week, month or year';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."trial_interval_count" IS 'Length of the trial in trial_interval';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."recurring_interval" IS 'day, week, month or year; null for a one-time product';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."recurring_interval_count" IS 'Number of recurring_interval between charges';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."meter_interval" IS 'Interval at which metered usage is charged';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."meter_interval_count" IS 'Number of meter_interval between charges of usage';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."is_recurring" IS 'Whether it is a subscription';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."is_archived" IS 'Whether it is no longer sold';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."metadata" IS 'Key-value pairs set by the merchant; sessions do not carry them (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."benefits" IS 'Its benefits, each with its position';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."medias" IS 'Its medias, each with its position';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "sync"."histories" IS 'Tables whose states are kept in schema history. See docs/history.md';--> statement-breakpoint
COMMENT ON COLUMN "sync"."histories"."relation" IS 'Table, such as polar.checkouts';--> statement-breakpoint
COMMENT ON COLUMN "sync"."histories"."since" IS 'Since when; for an account that came later, since its first_seen_at in sync.accounts';
