COMMENT ON COLUMN "polar"."benefits"."visibility" IS 'public, private or draft; sent by webhooks only, as links and sessions nest public ones only';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."properties" IS 'Settings of this type, without secrets; links and sessions carry a part of them, for meter_credit only';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."discount_amount" IS 'What the discount takes off; computed from today’s discount at each answer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."net_amount" IS 'What remains before tax, as it was priced: amount less discount_amount may be another today';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."active_trial_interval" IS 'Trial that applies: day, week, month or year; computed at each answer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."active_trial_interval_count" IS 'Length of the trial that applies; computed at each answer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_discount_applicable" IS 'Whether a discount can apply to the product; computed at each answer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_free_product_price" IS 'Whether the price is free; computed at each answer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_payment_required" IS 'Whether there is something to pay now; computed at each answer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_payment_setup_required" IS 'Whether a payment method must be stored; computed at each answer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_payment_form_required" IS 'Whether the payment form is shown; computed at each answer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_name" IS 'Name the customer gave; replaced when the customer is anonymized';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_email" IS 'E-mail address the customer gave; replaced when the customer is anonymized';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_ip_address" IS 'IPv4 or IPv6 address of the customer; replaced when the customer is anonymized';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_billing_name" IS 'Name on the invoice; replaced when the customer is anonymized';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_billing_address" IS 'country, and line1, line2, postal_code, city, state where known; replaced when the customer is anonymized';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_tax_id" IS 'Tax number of the customer; replaced when the customer is anonymized';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."billing_address_fields" IS 'Which parts of the address are required, optional or disabled; computed at each answer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."redemptions_count" IS 'How often it was used; less again when a payment fails. Polar changes it without touching modified_at';--> statement-breakpoint
COMMENT ON TABLE "polar"."product_benefits" IS 'Which benefits a product grants; private ones where a webhook of the product told of them';--> statement-breakpoint
-- A credential that Polar signs anew at each answer.
UPDATE "polar"."benefits" SET "properties" = "properties" - 'guild_token' WHERE jsonb_typeof("properties") = 'object' AND "properties" ? 'guild_token';--> statement-breakpoint
UPDATE "polar"."benefits" SET "extra" = "extra" - 'properties' WHERE "extra" ? 'properties' AND "extra"::text LIKE '%"guild_token"%';--> statement-breakpoint
UPDATE "polar"."products" SET "extra" = "extra" - 'benefits' WHERE "extra" ? 'benefits' AND "extra"::text LIKE '%"guild_token"%';--> statement-breakpoint
DELETE FROM "sync"."rejected_records" WHERE "payload"::text LIKE '%guild_token%';--> statement-breakpoint
-- What webhooks alone showed went stale there.
UPDATE "polar"."products" SET "extra" = "extra" - '{is_deletable,attached_custom_fields}'::text[] WHERE "extra" ?| '{is_deletable,attached_custom_fields}'::text[];--> statement-breakpoint
UPDATE "polar"."discounts" SET "extra" = "extra" - 'products' WHERE "extra" ? 'products';
